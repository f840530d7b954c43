package org.ifqd.watchdog;

/**
 * One thing that has to move while frames flow, as it is at this moment: a receive worker, a start routine, a send
 * queue.
 *
 * @param name says what it is, and is its own
 * @param due whether it has something to do; an idle one need not move
 * @param done grows with everything that it does
 * @param thread on which it runs now, or null where there is none to name
 */
public record Activity(String name, boolean due, long done, Thread thread) {}
