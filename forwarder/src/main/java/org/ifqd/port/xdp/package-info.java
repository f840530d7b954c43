/**
 * Ports over AF_XDP, in copy mode: {@link org.ifqd.port.xdp.XdpPort}.
 *
 * <p>The two ports of a pair share one memory ({@link org.ifqd.port.xdp.XdpMemory}), cut into chunks, one a frame. So a
 * frame crosses without a copy: its chunk goes from the receive ring of one port to the transmit ring of the other,
 * from there by that one's completion ring back to the memory, and then into a fill ring again. Frames of another
 * backend are copied into a chunk once.
 *
 * <p>Each receive worker has one queue of the interface and its socket. Each lane has a socket that only sends, by a
 * queue that it keeps. So the order of a flow holds by construction: the driver spreads flows over queues.
 *
 * <p><b>Every chunk is at one place:</b> free, in a fill ring, with the kernel, in a receive ring, in a batch or send
 * queue, in a transmit ring, in a completion ring. When all is quiet they add up; a test does that.
 *
 * <p>In copy mode the kernel sends while we are in the system call, so a transmit ring is full only where the device
 * is. The device never signals that there is room again, so a {@link org.ifqd.port.RestartTimer} tries again. EBUSY
 * reports that the driver has dropped a frame: its chunk is coming back already, so a copy in another chunk is sent.
 */
package org.ifqd.port.xdp;
