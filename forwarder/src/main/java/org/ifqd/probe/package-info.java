/**
 * A generator and verifier of our own: numbered, time-stamped, checksummed frames out of one interface, checked at
 * another.
 *
 * <pre>
 *                 Sender                                    FrameReceiver
 *  Pacer ─▶ FrameWriter ─▶ TxRing ─▶ interface ...device under test... interface ─▶ RxRing ─▶ Recognizer ─▶ Verifier
 *                                                                                          └▶ SequenceWindow
 * </pre>
 *
 * <p><b>The frame</b> (lengths in bytes, without the FCS, tags included):
 *
 * <pre>
 *  Ethernet 14 + tags 4 each | IPv4 20 | UDP 8 | stream 2, flow 2, sequence 4, time 6, CRC-32C 4 | payload
 * </pre>
 *
 * so the smallest has 60 bytes and 4 more for each tag, which is the smallest that Ethernet carries. Stream tells this
 * run from other traffic and other probes; its highest bit marks warm-up frames. The sequence counts per flow and may
 * wrap; the time is the low 48 bits of CLOCK_REALTIME in nanoseconds (it wraps after 78 hours, differences are right up
 * to half of that). The CRC is over the whole frame from the first address byte to the last byte, its own four bytes
 * left out. The UDP checksum is 0 (none). Addresses are those of RFC 2544, 198.18.0.0/15; the flow is in the source
 * address and in the source port.
 *
 * <p><b>Accounting.</b> sent (taken by the kernel) = received + lost, where received counts distinct frames that are
 * intact. Counted apart: duplicates, reordered frames (they are received too), frames of ours that are damaged (not
 * received, since what they were cannot be trusted: so each is also lost), and foreign frames. A frame is ours if it is
 * intact, or if two of these three are: both MAC addresses, both IP networks, the stream; so damage in one place,
 * whatever it is, is never taken for foreign.
 *
 * <p><b>Latency</b> is the kernel's time stamp of the received frame in the receive ring minus the time in the frame,
 * read directly before it is put into the transmit ring. So neither the ring's block timeout nor a verifier that falls
 * behind is in it, but the system call that sends is, and of a burst each frame waits for those before it. Both are
 * CLOCK_REALTIME: right on one machine, in any namespace; between machines only as good as their synchronisation.
 *
 * <p><b>Threading:</b> one thread for each sender and each receiver. No object per frame.
 *
 * <p>Uses the native layer and nothing of the forwarder, so that one does not hide the other's mistakes.
 */
package org.ifqd.probe;
