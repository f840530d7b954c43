/**
 * Ports: what a backend (AF_PACKET, AF_XDP, libpcap) implements to be bridged, and the life of a port.
 *
 * <p>A {@link org.ifqd.port.Port} has one {@link org.ifqd.ifq.Ifnet}, through which frames leave, and one or more
 * {@link org.ifqd.port.Receiver}s, from which receive workers take frames. The transmit half is a driver in the sense of
 * {@link org.ifqd.ifq}: it takes what fits, never blocks, and drops only what can never be sent, counted.
 *
 * <pre>
 *   open ──▶ OPEN ── up() ──▶ RUNNING ── down() ──▶ DOWN ── close() ──▶ CLOSED
 *                             ▲ │
 *                    resume() │ │ suspend()          (down() and close() from SUSPENDED as well)
 *                             │ ▼
 *                          SUSPENDED
 *              └────────────────── close() ───────────────────────────────┘
 *
 *   down():    stop receiving, clear RUNNING, stop completion, start barrier, purge (counted)
 *
 *   forbidden: RUNNING ▶ CLOSED   the ring would be unmapped under a running start; close() goes by way of DOWN
 *              DOWN ▶ RUNNING     slots of the old ring may still be with the kernel: open a new port with fresh rings
 *              CLOSED ▶ any       rings and sockets are gone
 * </pre>
 *
 * <p>Receive workers must have ended before {@code close()}: they read the receive ring, which the start barrier knows
 * nothing of. Frames of the port that wait in <em>another</em> port's queue lie in this port's ring as well: so bring all
 * ports down before the first one is closed.
 */
package org.ifqd.port;
