package org.ifqd.linux.netlink;

import static org.ifqd.linux.netlink.NftablesLayout.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ifqd.linux.lab.CompiledLayout;
import org.junit.jupiter.api.Test;

class NftablesLayoutTest {

    @Test
    void agreesWithTheCompiler() throws IOException {
        Map<String, Long> ours = new LinkedHashMap<>();
        put(ours, "NETLINK_NETFILTER", NETLINK_NETFILTER, "NLM_F_ACK", NLM_F_ACK, "NLM_F_EXCL", NLM_F_EXCL);
        put(ours, "NLM_F_CREATE", NLM_F_CREATE, "NLA_F_NESTED", NLA_F_NESTED);
        put(ours, "NFPROTO_NETDEV", NFPROTO_NETDEV, "NF_NETDEV_INGRESS", NF_NETDEV_INGRESS, "NF_DROP", NF_DROP);
        put(ours, "NFNL_SUBSYS_NFTABLES", NFNL_SUBSYS_NFTABLES);
        put(ours, "NFNL_MSG_BATCH_BEGIN", NFNL_MSG_BATCH_BEGIN, "NFNL_MSG_BATCH_END", NFNL_MSG_BATCH_END);
        put(ours, "sizeof(struct nfgenmsg)", SIZEOF_NFGENMSG);
        put(ours, "offsetof(struct nfgenmsg, nfgen_family)", NFGEN_FAMILY);
        put(ours, "offsetof(struct nfgenmsg, res_id)", NFGEN_RES_ID);
        put(ours, "NFT_MSG_NEWTABLE", NFT_MSG_NEWTABLE, "NFT_MSG_NEWCHAIN", NFT_MSG_NEWCHAIN);
        put(ours, "NFT_TABLE_F_OWNER", NFT_TABLE_F_OWNER);
        put(ours, "NFTA_TABLE_NAME", NFTA_TABLE_NAME, "NFTA_TABLE_FLAGS", NFTA_TABLE_FLAGS);
        put(ours, "NFTA_CHAIN_TABLE", NFTA_CHAIN_TABLE, "NFTA_CHAIN_NAME", NFTA_CHAIN_NAME);
        put(ours, "NFTA_CHAIN_HOOK", NFTA_CHAIN_HOOK, "NFTA_CHAIN_POLICY", NFTA_CHAIN_POLICY);
        put(ours, "NFTA_CHAIN_TYPE", NFTA_CHAIN_TYPE, "NFTA_HOOK_HOOKNUM", NFTA_HOOK_HOOKNUM);
        put(ours, "NFTA_HOOK_PRIORITY", NFTA_HOOK_PRIORITY, "NFTA_HOOK_DEV", NFTA_HOOK_DEV);
        List<String> headers = List.of(
                "linux/netlink.h",
                "netinet/in.h",
                "linux/netfilter.h",
                "linux/netfilter/nfnetlink.h",
                "linux/netfilter/nf_tables.h");
        assertEquals(CompiledLayout.evaluate(headers, ours.keySet()), ours);
    }

    private static void put(Map<String, Long> table, Object... pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            table.put((String) pairs[i], ((Integer) pairs[i + 1]).longValue());
        }
    }
}
