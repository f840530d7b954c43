/**
 * AF_XDP: rings of descriptors of an interface's queue, over memory of ours (the UMEM), and the XDP program that leads
 * received frames into them.
 *
 * <p>A UMEM is cut into chunks of 2 or 4 KiB. A chunk is at one place at a time: with its owner, in a fill ring or
 * receive ring, in a transmit ring or completion ring, or with the kernel. An {@link org.ifqd.linux.xdp.XdpSocket}
 * either receives, and then has the fill and completion ring of its queue, or only sends, and shares those. They are
 * apart because poll(2) on a socket with a transmit ring sends (xsk_poll), past whoever keeps the books.
 *
 * <p>bpf(2) and the rings are used directly, without libbpf and libxdp: the program has a dozen instructions, and its
 * link is to end with us.
 *
 * @see <a href="https://docs.kernel.org/networking/af_xdp.html">Documentation/networking/af_xdp.rst,
 *     include/uapi/linux/if_xdp.h, net/xdp/xsk.c</a>
 */
package org.ifqd.linux.xdp;
