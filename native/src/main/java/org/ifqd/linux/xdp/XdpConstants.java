package org.ifqd.linux.xdp;

/** Numbers and layouts of include/uapi/linux/if_xdp.h, bytes; held against the header by a test. */
final class XdpConstants {
    static final int AF_XDP = 44;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int MSG_DONTWAIT = 0x40;
    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUFFORCE = 32;
    static final int SOL_XDP = 283;

    static final int XDP_MMAP_OFFSETS = 1;
    static final int XDP_RX_RING = 2;
    static final int XDP_TX_RING = 3;
    static final int XDP_UMEM_REG = 4;
    static final int XDP_UMEM_FILL_RING = 5;
    static final int XDP_UMEM_COMPLETION_RING = 6;
    static final int XDP_STATISTICS = 7;
    static final int XDP_OPTIONS = 8;
    static final int XDP_OPTIONS_ZEROCOPY = 1;

    static final int XDP_SHARED_UMEM = 1;
    static final int XDP_COPY = 1 << 1;
    static final int XDP_ZEROCOPY = 1 << 2;
    static final int XDP_USE_NEED_WAKEUP = 1 << 3;

    static final long XDP_PGOFF_RX_RING = 0;
    static final long XDP_PGOFF_TX_RING = 0x80000000L;
    static final long XDP_UMEM_PGOFF_FILL_RING = 0x100000000L;
    static final long XDP_UMEM_PGOFF_COMPLETION_RING = 0x180000000L;

    /** XDP_PACKET_HEADROOM of include/uapi/linux/bpf.h. */
    static final int XDP_PACKET_HEADROOM = 256;

    /** XDP_FLAGS_DRV_MODE of include/uapi/linux/if_link.h: by the driver, or not at all. */
    static final int XDP_FLAGS_DRV_MODE = 1 << 2;

    /** enum xdp_action. */
    static final int XDP_DROP = 1;

    static final int XDP_REDIRECT = 4;

    /** struct xdp_md of include/uapi/linux/bpf.h. */
    static final int XDP_MD_RX_QUEUE_INDEX = 16;

    /** struct sockaddr_xdp. */
    static final int SOCKADDR_BYTES = 16;

    static final int SOCKADDR_FLAGS = 2;
    static final int SOCKADDR_IFINDEX = 4;
    static final int SOCKADDR_QUEUE = 8;
    static final int SOCKADDR_SHARED_FD = 12;

    /** struct xdp_umem_reg, without tx_metadata_len, which is younger. */
    static final int UMEM_REG_BYTES = 24;

    static final int UMEM_REG_ADDR = 0;
    static final int UMEM_REG_LEN = 8;
    static final int UMEM_REG_CHUNK_SIZE = 16;
    static final int UMEM_REG_HEADROOM = 20;

    /** struct xdp_mmap_offsets: four of struct xdp_ring_offset, of rx, tx, fill and completion ring. */
    static final int OFFSETS_BYTES = 128;

    static final int RING_OFFSET_BYTES = 32;
    static final int RING_PRODUCER = 0;
    static final int RING_CONSUMER = 8;
    static final int RING_DESC = 16;
    static final int RING_FLAGS = 24;

    /** A flag of a ring: the kernel does not look at it until it is called. */
    static final int XDP_RING_NEED_WAKEUP = 1;

    /** struct xdp_desc, and an element of fill and completion ring. */
    static final int DESC_BYTES = 16;

    static final int DESC_ADDR = 0;
    static final int DESC_LEN = 8;
    static final int DESC_OPTIONS = 12;
    static final int ADDR_BYTES = 8;

    /** struct xdp_statistics. */
    static final int STATISTICS_BYTES = 48;

    static final int RX_DROPPED = 0;
    static final int TX_INVALID_DESCS = 16;
    static final int RX_RING_FULL = 24;

    private XdpConstants() {}
}
