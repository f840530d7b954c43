/**
 * The log: logback, set up in code. A line repeats at most once a minute ({@link org.ifqd.log.FoldedLog}); the last
 * ones are kept for the live page ({@link org.ifqd.log.LogTail}); in the journal each has its priority.
 *
 * <p>A line's first word names its subject: lines of one subject and text are folded. Any thread may log, but none that
 * moves frames does.
 */
package org.ifqd.log;
