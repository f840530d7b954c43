/**
 * AF_PACKET: sockets, receive rings (TPACKET_V3), transmit rings (TPACKET_V2), and the layouts that they share with the
 * kernel. Sources: packet(7), the kernel's {@code Documentation/networking/packet_mmap.rst},
 * {@code include/uapi/linux/if_packet.h} and {@code net/packet/af_packet.c}.
 *
 * <p>A receive ring is a circle of blocks. The kernel fills a block with frames of any length, hands it over as a whole
 * by setting its status word, and may have it back when we clear that word. A transmit ring is a circle of slots of one
 * size; we hand slots over in ring order, one sendto(2) tells the kernel to take all it finds, and each comes back when
 * the driver is done with it.
 */
package org.ifqd.linux.packet;
