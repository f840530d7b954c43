package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterfacesTableTest {

    private static String print(InterfaceReport... reports) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        new InterfacesTable(List.of(reports)).print(out);
        out.flush();
        return text.toString();
    }

    @Test
    void columnsAreAlignedAndFurtherObstaclesFollow() {
        InterfaceReport good =
                SampleLinks.report("d0", "virtio_net", List.of("rx-gro", "tx-tcp6-segmentation"), List.of());
        InterfaceReport bad = SampleLinks.report("a-long-name", "", List.of(), List.of("first: a", "second: b"));
        assertEquals("""
                INTERFACE    DRIVER      LINK  MTU   QUEUES  XDP  OFFLOADS  IN THE WAY
                d0           virtio_net  up    1500  2/4     yes  tso gro   nothing
                a-long-name              up    1500  2/4     yes            first: a
                                                                            second: b
                """, print(good, bad));
    }

    @Test
    void offloadsGetTheWordsOfEthtool() {
        assertEquals(
                "rx tx tso gso gro lro rxvlan txvlan",
                InterfacesTable.shortNames(List.of(
                        "tx-checksum-ip-generic",
                        "tx-vlan-hw-insert",
                        "rx-vlan-hw-parse",
                        "rx-lro",
                        "rx-gro",
                        "tx-generic-segmentation",
                        "tx-tcp-segmentation",
                        "rx-checksum")));
        assertEquals("", InterfacesTable.shortNames(List.of("rx-gro-hw", "tx-checksum-sctp", "tx-gso-list")));
    }

    @Test
    void aNameCannotSteerTheTerminal() {
        String text =
                print(SampleLinks.report("d0\033[2J", "veth", List.of(), List.of("down: ip link set d0\033[2J up")));
        assertEquals(-1, text.indexOf('\033'));
    }
}
