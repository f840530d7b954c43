/**
 * Ports: what a backend (AF_PACKET, AF_XDP, libpcap) implements to be bridged, and the life of a port.
 *
 * <p>A {@link org.ifqd.port.Port} has one or more {@link org.ifqd.port.Lane}s, by which frames leave, each with an
 * {@link org.ifqd.ifq.Ifnet}, and one or more
 * {@link org.ifqd.port.Receiver}s, from which receive workers take frames. The transmit half is a driver in the sense
 * of {@link org.ifqd.ifq}: it takes what fits, never blocks, and drops only what can never be sent, counted.
 *
 * <p>The daemon's controlling thread opens, pauses and closes ports. Receive workers take frames from one and start the
 * lanes of the other. The start barrier waits until no thread is in a start routine; a purge then drops and counts what
 * is queued. {@code close()} goes by way of {@code down()} where that has not been called.
 *
 * <pre>
 *   open ──▶ OPEN ── up() ──▶ RUNNING ── down() ──▶ STOPPED ── close() ──▶ CLOSED
 *                             ▲ │                      ▲
 *                    resume() │ │ pause(why)           │ down()
 *                             │ ▼                      │
 *              SUSPENDED, NO_CARRIER, DOWN ── pause ─▶ ABSENT
 *              └────────────────── close() ───────────────────────────────┘
 *
 *   pause():   clear RUNNING, start barrier, purge (counted); receiving goes on but for SUSPENDED
 *   down():    stop receiving, clear RUNNING, stop completion, start barrier, purge (counted)
 * </pre>
 *
 * <p>What may never follow what, and why, is in {@link org.ifqd.port.PortState#mayBecome}; {@link
 * org.ifqd.port.PortLife} throws where a step is forbidden. The order of the steps stands once, in
 * {@link org.ifqd.port.DrivenPort}.
 *
 * <p>Receive workers must have ended before {@code close()}: they read the receive ring, which the start barrier knows
 * nothing of. Frames of the port that wait in <em>another</em> port's queue lie in this port's ring as well: so bring
 * all ports down before the first one is closed.
 */
package org.ifqd.port;
