package org.ifqd.linux.netlink;

import static org.ifqd.linux.netlink.RtnetlinkLayout.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ifqd.linux.lab.CompiledLayout;
import org.junit.jupiter.api.Test;

class RtnetlinkLayoutTest {

    @Test
    void agreesWithTheCompiler() throws IOException {
        Map<String, Long> ours = new LinkedHashMap<>();
        put(ours, "NETLINK_ROUTE", NETLINK_ROUTE, "NLMSG_ERROR", NLMSG_ERROR, "NLMSG_DONE", NLMSG_DONE);
        put(ours, "NLM_F_REQUEST", NLM_F_REQUEST, "NLM_F_DUMP_INTR", NLM_F_DUMP_INTR, "NLM_F_DUMP", NLM_F_DUMP);
        put(ours, "(unsigned short)NLA_TYPE_MASK", NLA_TYPE_MASK);
        put(ours, "sizeof(struct nlmsghdr)", SIZEOF_NLMSGHDR, "offsetof(struct nlmsghdr, nlmsg_len)", NLMSG_LEN);
        put(ours, "offsetof(struct nlmsghdr, nlmsg_type)", NLMSG_TYPE);
        put(ours, "offsetof(struct nlmsghdr, nlmsg_flags)", NLMSG_FLAGS);
        put(ours, "offsetof(struct nlmsghdr, nlmsg_seq)", NLMSG_SEQ);
        put(ours, "sizeof(struct sockaddr_nl)", SIZEOF_SOCKADDR_NL);
        put(ours, "offsetof(struct sockaddr_nl, nl_family)", NL_FAMILY);
        put(ours, "offsetof(struct sockaddr_nl, nl_groups)", NL_GROUPS);
        put(ours, "sizeof(struct rtattr)", SIZEOF_RTATTR, "offsetof(struct rtattr, rta_len)", RTA_LEN);
        put(ours, "offsetof(struct rtattr, rta_type)", RTA_TYPE);
        put(ours, "RTM_NEWLINK", RTM_NEWLINK, "RTM_DELLINK", RTM_DELLINK, "RTM_GETLINK", RTM_GETLINK);
        put(ours, "RTM_SETLINK", RTM_SETLINK, "offsetof(struct ifinfomsg, ifi_change)", IFI_CHANGE);
        put(ours, "RTM_NEWADDR", RTM_NEWADDR, "RTM_DELADDR", RTM_DELADDR, "RTM_GETADDR", RTM_GETADDR);
        put(ours, "RTMGRP_LINK", RTMGRP_LINK, "RTMGRP_IPV4_IFADDR", RTMGRP_IPV4_IFADDR);
        put(ours, "RTMGRP_IPV6_IFADDR", RTMGRP_IPV6_IFADDR, "IFLA_IFALIAS", IFLA_IFALIAS);
        put(ours, "RTEXT_FILTER_SKIP_STATS", RTEXT_FILTER_SKIP_STATS);
        put(ours, "sizeof(struct ifinfomsg)", SIZEOF_IFINFOMSG);
        put(ours, "offsetof(struct ifinfomsg, ifi_family)", IFI_FAMILY);
        put(ours, "offsetof(struct ifinfomsg, ifi_type)", IFI_TYPE);
        put(ours, "offsetof(struct ifinfomsg, ifi_index)", IFI_INDEX);
        put(ours, "offsetof(struct ifinfomsg, ifi_flags)", IFI_FLAGS);
        put(ours, "IFLA_ADDRESS", IFLA_ADDRESS, "IFLA_IFNAME", IFLA_IFNAME, "IFLA_MTU", IFLA_MTU);
        put(ours, "IFLA_MASTER", IFLA_MASTER, "IFLA_OPERSTATE", IFLA_OPERSTATE, "IFLA_LINKINFO", IFLA_LINKINFO);
        put(ours, "IFLA_EXT_MASK", IFLA_EXT_MASK, "IFLA_PROMISCUITY", IFLA_PROMISCUITY);
        put(ours, "IFLA_NUM_TX_QUEUES", IFLA_NUM_TX_QUEUES, "IFLA_NUM_RX_QUEUES", IFLA_NUM_RX_QUEUES);
        put(ours, "IFLA_CARRIER", IFLA_CARRIER, "IFLA_XDP", IFLA_XDP);
        put(ours, "IFLA_INFO_KIND", IFLA_INFO_KIND, "IFLA_INFO_SLAVE_KIND", IFLA_INFO_SLAVE_KIND);
        put(ours, "IFLA_XDP_PROG_ID", IFLA_XDP_PROG_ID, "IFLA_XDP_DRV_PROG_ID", IFLA_XDP_DRV_PROG_ID);
        put(ours, "IFLA_XDP_SKB_PROG_ID", IFLA_XDP_SKB_PROG_ID, "IFLA_XDP_HW_PROG_ID", IFLA_XDP_HW_PROG_ID);
        put(ours, "sizeof(struct ifaddrmsg)", SIZEOF_IFADDRMSG);
        put(ours, "offsetof(struct ifaddrmsg, ifa_prefixlen)", IFA_PREFIXLEN);
        put(ours, "offsetof(struct ifaddrmsg, ifa_scope)", IFA_SCOPE);
        put(ours, "offsetof(struct ifaddrmsg, ifa_index)", IFA_INDEX);
        put(ours, "IFA_ADDRESS", IFA_ADDRESS, "IFA_LOCAL", IFA_LOCAL, "IFNAMSIZ", IFNAMSIZ);
        put(ours, "IF_OPER_DORMANT", OperState.DORMANT.ordinal(), "IF_OPER_UP", OperState.UP.ordinal());
        put(ours, "IF_OPER_LOWERLAYERDOWN", OperState.LOWER_LAYER_DOWN.ordinal());
        put(ours, "IFF_UP", Link.IFF_UP, "IFF_LOOPBACK", Link.IFF_LOOPBACK, "IFF_RUNNING", Link.IFF_RUNNING);
        put(ours, "ARPHRD_ETHER", Link.ARPHRD_ETHER, "RT_SCOPE_UNIVERSE", Address.RT_SCOPE_UNIVERSE);
        put(ours, "RT_SCOPE_LINK", Address.RT_SCOPE_LINK, "RT_SCOPE_HOST", Address.RT_SCOPE_HOST);
        List<String> headers = List.of("linux/if.h", "linux/if_arp.h", "linux/rtnetlink.h", "linux/if_link.h");
        assertEquals(CompiledLayout.evaluate(headers, ours.keySet()), ours);
    }

    private static void put(Map<String, Long> table, Object... pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            table.put((String) pairs[i], ((Integer) pairs[i + 1]).longValue());
        }
    }
}
