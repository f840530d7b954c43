/**
 * Ports over AF_XDP: {@link org.ifqd.port.xdp.XdpPort}.
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
 * <p>In zero-copy mode the NICs write into that memory and read from it; both of a pair, or none: the kernel has no
 * memory that one of them only copies to. {@link org.ifqd.port.xdp.XdpHandOver} has what differs: in copy mode the
 * kernel sends while we are in the system call, in zero-copy mode the driver takes frames when it runs. Neither ever
 * signals that there is room again, so a {@link org.ifqd.port.RestartTimer} tries again.
 */
package org.ifqd.port.xdp;
