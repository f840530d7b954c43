/**
 * Finds what hangs: it looks at {@link org.ifqd.watchdog.Activity}s, each with a count that has to rise while there is
 * something to do.
 *
 * <p>{@link org.ifqd.watchdog.Progress} compares two looks; {@link org.ifqd.watchdog.Watchdog} looks twice a second, on
 * a thread of its own, and tells apart a thread that hangs, one that finds no processor, a debugger, and a machine that
 * was stopped. It knows neither frames nor ports.
 */
package org.ifqd.watchdog;
