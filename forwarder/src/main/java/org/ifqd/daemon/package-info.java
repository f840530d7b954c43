/**
 * Puts the daemon together, runs it until it is asked to stop, and takes it apart in reverse.
 *
 * <pre>
 *   BridgeDaemon ── ControlThread        runs every opening, change and closing of a port, one at a time
 *        │             ├── ControlCommands    the requests of clients: stats, port, reload, drain
 *        │             ├── Reload             takes in another configuration, while frames flow
 *        │             └── LinkFollower       pauses, resumes and opens ports as interfaces change
 *        └── Pairs ── Pair ── OpenPair        a pair lasts as long as the configuration; open while both are there
 * </pre>
 *
 * <p>{@code ifqd bridge} and {@code ifqd run} start it. Clients, signals and link events do not act themselves: each is
 * a request to the controlling thread. Counters may be read by any thread. Nothing else here may be called but by the
 * controlling thread.
 */
package org.ifqd.daemon;
