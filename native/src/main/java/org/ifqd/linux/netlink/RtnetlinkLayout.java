package org.ifqd.linux.netlink;

/**
 * Numbers and offsets of rtnetlink under their C names; checked against gcc by {@code RtnetlinkLayoutTest}. All
 * integers are in the machine's byte order, all offsets are bytes from the start of the structure.
 */
final class RtnetlinkLayout {
    // <linux/netlink.h>
    static final int NETLINK_ROUTE = 0;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int NLM_F_REQUEST = 0x1;
    static final int NLM_F_DUMP_INTR = 0x10;
    static final int NLM_F_DUMP = 0x300;
    static final int NLA_TYPE_MASK = 0x3fff; // without NLA_F_NESTED and NLA_F_NET_BYTEORDER

    /** struct nlmsghdr. */
    static final int SIZEOF_NLMSGHDR = 16;

    static final int NLMSG_LEN = 0; // __u32, with the header, without the padding behind
    static final int NLMSG_TYPE = 4; // __u16
    static final int NLMSG_FLAGS = 6; // __u16
    static final int NLMSG_SEQ = 8; // __u32

    /** struct sockaddr_nl: family, pad, port id, groups. */
    static final int SIZEOF_SOCKADDR_NL = 12;

    static final int NL_FAMILY = 0; // __kernel_sa_family_t, 16 bit
    static final int NL_GROUPS = 8; // __u32

    /** struct rtattr, the same as struct nlattr. */
    static final int SIZEOF_RTATTR = 4;

    static final int RTA_LEN = 0; // unsigned short, with the header, without the padding behind
    static final int RTA_TYPE = 2; // unsigned short

    // <linux/rtnetlink.h>
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_SETLINK = 19;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTEXT_FILTER_SKIP_STATS = 8;
    static final int RTMGRP_LINK = 1;
    static final int RTMGRP_IPV4_IFADDR = 0x10;
    static final int RTMGRP_IPV6_IFADDR = 0x100;

    /** struct ifinfomsg. */
    static final int SIZEOF_IFINFOMSG = 16;

    static final int IFI_FAMILY = 0; // unsigned char
    static final int IFI_TYPE = 2; // unsigned short
    static final int IFI_INDEX = 4; // int
    static final int IFI_FLAGS = 8; // unsigned
    static final int IFI_CHANGE = 12; // unsigned, a mask of flags

    // <linux/if_link.h>
    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_MASTER = 10;
    static final int IFLA_OPERSTATE = 16;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_IFALIAS = 20;
    static final int IFLA_EXT_MASK = 29;
    static final int IFLA_PROMISCUITY = 30;
    static final int IFLA_NUM_TX_QUEUES = 31;
    static final int IFLA_NUM_RX_QUEUES = 32;
    static final int IFLA_CARRIER = 33;
    static final int IFLA_GSO_MAX_SIZE = 41;
    static final int IFLA_XDP = 43;
    static final int IFLA_GRO_MAX_SIZE = 58;
    static final int IFLA_GSO_IPV4_MAX_SIZE = 63;
    static final int IFLA_GRO_IPV4_MAX_SIZE = 64;
    static final int IFLA_INFO_KIND = 1; // inside IFLA_LINKINFO
    static final int IFLA_INFO_SLAVE_KIND = 4;
    static final int IFLA_XDP_PROG_ID = 4; // inside IFLA_XDP
    static final int IFLA_XDP_DRV_PROG_ID = 5;
    static final int IFLA_XDP_SKB_PROG_ID = 6;
    static final int IFLA_XDP_HW_PROG_ID = 7;

    // <linux/if_addr.h>
    /** struct ifaddrmsg. */
    static final int SIZEOF_IFADDRMSG = 8;

    static final int IFA_PREFIXLEN = 1; // __u8
    static final int IFA_SCOPE = 3; // __u8
    static final int IFA_INDEX = 4; // __u32
    static final int IFA_ADDRESS = 1; // an attribute, as the next one
    static final int IFA_LOCAL = 2;

    // <linux/if.h>
    static final int IFNAMSIZ = 16;

    private RtnetlinkLayout() {}
}
