/**
 * End-to-end tests: a real ifqd process between real network namespaces, real generators in front of it, the kernel's
 * counters and tcpdump as witnesses.
 *
 * <p>Every test makes a {@link org.ifqd.e2e.NetLab} of its own and ends what it started. Nothing waits for a time: what
 * is awaited is a condition, with a deadline. Every test that moves frames asserts that none is unaccounted for, in
 * ifqd's statistics ({@link org.ifqd.e2e.Stats#assertConserved}) and against the interfaces' counters
 * ({@link org.ifqd.e2e.Ifqd#awaitQuiet}).
 */
package org.ifqd.e2e;
