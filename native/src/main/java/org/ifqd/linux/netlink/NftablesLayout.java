package org.ifqd.linux.netlink;

/**
 * Numbers and offsets of nf_tables under their C names; checked against gcc by {@code NftablesLayoutTest}. Attributes
 * of 32 bits are in network byte order, unlike those of rtnetlink.
 */
final class NftablesLayout {
    // <linux/netlink.h>
    static final int NETLINK_NETFILTER = 12;
    static final int NLM_F_ACK = 0x4;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;
    static final int NLA_F_NESTED = 0x8000;

    // <linux/netfilter.h>
    static final int NFPROTO_NETDEV = 5;
    static final int NF_NETDEV_INGRESS = 0;
    static final int NF_DROP = 0;

    // <linux/netfilter/nfnetlink.h>
    static final int NFNL_SUBSYS_NFTABLES = 10; // the upper byte of the type of a message to nf_tables
    static final int NFNL_MSG_BATCH_BEGIN = 0x10;
    static final int NFNL_MSG_BATCH_END = 0x11;

    /** struct nfgenmsg. */
    static final int SIZEOF_NFGENMSG = 4;

    static final int NFGEN_FAMILY = 0; // __u8
    static final int NFGEN_RES_ID = 2; // __be16

    // <linux/netfilter/nf_tables.h>
    static final int NFT_MSG_NEWTABLE = 0;
    static final int NFT_MSG_NEWCHAIN = 3;
    static final int NFT_TABLE_F_OWNER = 0x2;
    static final int NFTA_TABLE_NAME = 1;
    static final int NFTA_TABLE_FLAGS = 2;
    static final int NFTA_CHAIN_TABLE = 1;
    static final int NFTA_CHAIN_NAME = 3;
    static final int NFTA_CHAIN_HOOK = 4;
    static final int NFTA_CHAIN_POLICY = 5;
    static final int NFTA_CHAIN_TYPE = 7;
    static final int NFTA_HOOK_HOOKNUM = 1; // inside NFTA_CHAIN_HOOK
    static final int NFTA_HOOK_PRIORITY = 2;
    static final int NFTA_HOOK_DEV = 3;

    private NftablesLayout() {}
}
