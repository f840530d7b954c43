package org.ifqd.linux.packet;

/**
 * Offsets and sizes, in bytes, of the C structs shared with the kernel, named {@code STRUCT_FIELD}. The same on all
 * 64-bit Linux architectures; {@code PacketLayoutsTest} compares them with the C headers where a compiler is at hand.
 */
final class PacketLayouts {
    // struct sockaddr_ll
    static final int SOCKADDR_LL_FAMILY = 0;
    static final int SOCKADDR_LL_PROTOCOL = 2; // big endian
    static final int SOCKADDR_LL_IFINDEX = 4;
    static final int SOCKADDR_LL_BYTES = 20;

    // struct packet_mreq
    static final int MREQ_IFINDEX = 0;
    static final int MREQ_TYPE = 4;
    static final int MREQ_BYTES = 16;

    // struct tpacket_req
    static final int REQ_BLOCK_SIZE = 0;
    static final int REQ_BLOCK_NR = 4;
    static final int REQ_FRAME_SIZE = 8;
    static final int REQ_FRAME_NR = 12;
    static final int REQ_BYTES = 16;

    // struct tpacket_req3: begins like tpacket_req
    static final int REQ3_RETIRE_BLK_TOV = 16;
    static final int REQ3_BYTES = 28;

    // struct tpacket_block_desc, with its union as struct tpacket_hdr_v1
    static final int BLOCK_STATUS = 8;
    static final int BLOCK_NUM_PKTS = 12;
    static final int BLOCK_OFFSET_TO_FIRST_PKT = 16;
    static final int BLOCK_LEN = 20;
    static final int BLOCK_BYTES = 48;

    // struct tpacket3_hdr
    static final int TPACKET3_NEXT_OFFSET = 0;
    static final int TPACKET3_SEC = 4;
    static final int TPACKET3_NSEC = 8;
    static final int TPACKET3_SNAPLEN = 12;
    static final int TPACKET3_LEN = 16;
    static final int TPACKET3_STATUS = 20;
    static final int TPACKET3_MAC = 24; // 16 bits
    static final int TPACKET3_VLAN_TCI = 32;
    static final int TPACKET3_VLAN_TPID = 36; // 16 bits
    static final int TPACKET3_BYTES = 48;
    static final int TPACKET3_FAMILY =
            TPACKET3_BYTES; // 16 bits: a struct sockaddr_ll follows, TPACKET_ALIGN(sizeof) on

    // struct tpacket2_hdr
    static final int TPACKET2_STATUS = 0;
    static final int TPACKET2_LEN = 4;
    static final int TPACKET2_BYTES = 32;

    /** Where the kernel looks for the frame in a transmit slot: TPACKET2_HDRLEN - sizeof(struct sockaddr_ll). */
    static final int TPACKET2_TX_DATA = 32;

    // struct tpacket_stats_v3
    static final int STATS_DROPS = 4;
    static final int STATS_BYTES = 12;

    // struct sock_fprog
    static final int FPROG_FILTER = 8;
    static final int FPROG_BYTES = 16;

    private PacketLayouts() {}
}
