package org.ifqd.linux.packet;

/** Numbers of {@code linux/if_packet.h}, {@code linux/if_ether.h}, {@code linux/filter.h} and
 * {@code asm-generic/socket.h}, under their C names. */
final class PacketConstants {
    static final int AF_PACKET = 17;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int MSG_DONTWAIT = 0x40;

    static final int SOL_SOCKET = 1;
    static final int SO_ERROR = 4;
    static final int SO_RCVBUF = 8;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_SNDBUFFORCE = 32;

    static final int SOL_PACKET = 263;
    static final int PACKET_ADD_MEMBERSHIP = 1;
    static final int PACKET_RX_RING = 5;
    static final int PACKET_STATISTICS = 6;
    static final int PACKET_VERSION = 10;
    static final int PACKET_RESERVE = 12;
    static final int PACKET_TX_RING = 13;
    static final int PACKET_VNET_HDR = 15;
    static final int PACKET_FANOUT = 18;
    static final int PACKET_QDISC_BYPASS = 20;
    static final int PACKET_IGNORE_OUTGOING = 23;

    static final int PACKET_MR_PROMISC = 1;
    static final int PACKET_FANOUT_HASH = 0;
    static final int PACKET_FANOUT_FLAG_UNIQUEID = 0x2000;
    static final int PACKET_OUTGOING = 4;
    static final int TPACKET_V2 = 1;
    static final int TPACKET_V3 = 2;
    static final int ETH_P_ALL = 0x0003;

    /** {@code <linux/sockios.h>}. */
    static final long SIOCOUTQ = 0x5411;

    static final int TP_STATUS_KERNEL = 0;
    static final int TP_STATUS_USER = 1;
    static final int TP_STATUS_VLAN_VALID = 1 << 4;
    static final int TP_STATUS_VLAN_TPID_VALID = 1 << 6;
    static final int TP_STATUS_AVAILABLE = 0;
    static final int TP_STATUS_SEND_REQUEST = 1;
    static final int TP_STATUS_SENDING = 1 << 1;
    static final int TP_STATUS_WRONG_FORMAT = 1 << 2;
    static final int TP_STATUS_TS_SOFTWARE = 1 << 29;
    static final int TP_STATUS_TS_RAW_HARDWARE = 1 << 31;

    // classic BPF: BPF_LD | BPF_W | BPF_ABS, BPF_JMP | BPF_JEQ | BPF_K, BPF_RET | BPF_K, SKF_AD_OFF + SKF_AD_PKTTYPE
    static final int BPF_LD_W_ABS = 0x20;
    static final int BPF_JEQ_K = 0x15;
    static final int BPF_RET_K = 0x06;
    static final int SKF_AD_PKTTYPE = -0x1000 + 4;

    private PacketConstants() {}
}
