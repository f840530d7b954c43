/**
 * Measures a device between two interfaces as its makers' competitors would: methods of the IETF's benchmarking group,
 * and a report that can be shown.
 *
 * <pre>
 *  Benchmark ─▶ RateSearch, LossCurve, BackToBack, Recovery ─▶ Tester ─▶ (ProbeTester) a Probe for each trial
 *      └▶ Report ─▶ ReportText, HtmlReport (Chart), ReportFile; Comparison of two
 * </pre>
 *
 * <p><b>Sources.</b> RFC 2544, 26 (trials, sizes, latency, frame loss rate, recovery, reset); RFC 9004 (back-to-back);
 * RFC 6201 (reset); RFC 6985 (IMIX); draft-ietf-bmwg-mlrsearch-15 of November 2025 (the search, its classification of
 * loads and the conditional throughput).
 *
 * <p><b>Where we differ, and why.</b> Sizes are written as RFC 2544 writes them, with the FCS; Linux shows four bytes
 * less. Latency is that of every frame of a trial, not of one in its middle. The highest load of an interface without
 * a line rate is what our sender can offer, and a device that takes all of it is reported as faster than the tester.
 *
 * <p><b>Units.</b> Rates are frames a second and direction; times are seconds unless a name says otherwise; bit rates
 * are those of the wire, preamble, start delimiter and gap included (20 bytes a frame).
 */
package org.ifqd.benchmark;
