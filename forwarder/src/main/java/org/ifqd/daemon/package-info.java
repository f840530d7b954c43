/**
 * Puts the daemon together, runs it until it is asked to stop, and takes it apart in reverse.
 *
 * <pre>
 *   BridgeDaemon ── ControlThread        one thing after the other: whatever opens, changes or closes a port
 *        │             ├── ControlCommands    what clients ask for: stats, port, reload, drain
 *        │             ├── Reload             another configuration, while frames flow
 *        │             └── LinkFollower       what the interfaces call for
 *        └── Pairs ── Pair ── OpenPair        a pair lasts as long as the configuration names it;
 *                                             it is open while both interfaces are there
 * </pre>
 *
 * <p>Counters may be read by any thread. Nothing else here may be called but by the controlling thread.
 */
package org.ifqd.daemon;
