package org.ifqd.e2e;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** One of each frame that forwarders like to lose. What is behind the headers that matter is random. */
final class OddFrames {
    static final String STP_ADDRESS = "01:80:c2:00:00:00";
    static final String PAUSE_ADDRESS = "01:80:c2:00:00:01";
    static final String LACP_ADDRESS = "01:80:c2:00:00:02";
    static final String DOT1X_ADDRESS = "01:80:c2:00:00:03";
    static final String LLDP_ADDRESS = "01:80:c2:00:00:0e";
    static final String CDP_ADDRESS = "01:00:0c:cc:cc:cc";
    static final String PVST_ADDRESS = "01:00:0c:cc:cc:cd";

    /** To an address that nobody in the lab has: no answer. */
    private static final String IPV4 = "45000000 12340000 4011 0000 c6120001 c6120063";

    private static final String IPV6 =
            "60000000 0000 %s 40 20010002000000000000000000000001" + " 20010002000000000000000000000063";

    private final Random random;
    private final String from;
    private final String to;

    OddFrames(Random random, String from, String to) {
        this.random = random;
        this.from = from;
        this.to = to;
    }

    /** Protocols between neighbours on one link. */
    List<byte[]> linkLocal() {
        return List.of(stp(), pause(), lacp(), dot1x(), lldp(), cdp(), pvst(), ptpPeerDelay());
    }

    byte[] stp() {
        return llc(STP_ADDRESS, 60, 38, "424203 0000 00 00");
    }

    byte[] pause() {
        return frame(PAUSE_ADDRESS, 60, "8808 0001 ffff");
    }

    byte[] lacp() {
        return frame(LACP_ADDRESS, 124, "8809 01 01 01 14");
    }

    byte[] dot1x() {
        return frame(DOT1X_ADDRESS, 60, "888e 01 01 0000");
    }

    byte[] lldp() {
        return frame(LLDP_ADDRESS, 180, "88cc 0207 04 020000000001");
    }

    /** LLC with SNAP. */
    byte[] cdp() {
        return llc(CDP_ADDRESS, 300, 286, "aaaa03 00000c 2000 02 b4");
    }

    /** As Cisco sends it: in LLC with SNAP, behind a tag. */
    byte[] pvst() {
        return frame(PVST_ADDRESS, 68, "8100 e02a 0032 aaaa03 00000c 010b 0000 02 02");
    }

    byte[] ptpPeerDelay() {
        return frame(LLDP_ADDRESS, 68, "88f7 02 02 0036");
    }

    List<byte[]> otherProtocols() {
        return List.of(
                llc(to, 60, 3, "e0e003"), // padded
                llc(to, 1514, 1500, "fefe03"), // the longest
                llc(to, 200, 186, "ffff"), // IPX without LLC
                frame(to, 60, "0600 0000"), // the lowest number that is an ethertype
                frame(to, 60, "05ff 0000"), // neither a length nor an ethertype
                frame(to, 118, "8847 00010140 45"),
                frame(to, 118, "8848 00010140 45"),
                frame(
                        "ff:ff:ff:ff:ff:ff",
                        60,
                        "0806 0001080006040001" + from.replace(":", "") + "c6120001" + "000000000000 c6120063"),
                frame(
                        to,
                        60,
                        "0806 0001080006040002" + from.replace(":", "") + "c6120063" + to.replace(":", "")
                                + "c6120063"),
                frame(to, 1514, "88e5 0c00 00000001"), // MACsec
                frame("01:1b:19:00:00:00", 60, "88f7 00 02 002c"), // PTP
                frame(to, 60, "8863 11 09 0000"), // PPPoE
                frame(to, 100, "9000 0000"), // loopback test
                frame(to, 100, "cafe"),
                frame(to, 60, "ffff"));
    }

    /** First, middle and last. The last one is shorter than its padding makes the frame. */
    List<byte[]> fragments() {
        return List.of(
                ipv4(1514, 0x2000, 1500),
                ipv4(1514, 0x20b9, 1500),
                ipv4(60, 0x0172, 24),
                ipv6(1510, 0x0001, 1456),
                ipv6(1510, 0x05a9, 1456),
                ipv6(66, 0x0b50, 12));
    }

    /** Of every kind, in three lengths. */
    List<byte[]> tagged() {
        List<byte[]> frames = new ArrayList<>();
        for (String tags : List.of(
                "8100 002a", // VLAN 42
                "8100 0000", // priority tag of priority 0
                "8100 e000", // of priority 7
                "8100 1001", // drop eligible
                "8100 ffff",
                "88a8 0007",
                "88a8 0000",
                "88a8 f007",
                "88a8 0007 8100 002a",
                "88a8 0007 88a8 002a",
                "8100 0001 8100 0002",
                "8100 0001 88a8 0002",
                "88a8 0001 8100 0002 8100 0003",
                "9100 0001 8100 0002")) { // the old number of QinQ, which is no tag to the kernel
            for (int bytes : new int[] {60, 64, 777}) {
                frames.add(frame(to, bytes, tags + "88b5"));
            }
            frames.add(frame(to, tags.startsWith("8100") ? 1518 : 1514, tags + "88b5"));
        }
        return frames;
    }

    /** Every length below Ethernet's smallest that the kernel lets through. */
    List<byte[]> runts() {
        List<byte[]> frames = new ArrayList<>();
        for (int bytes = 14; bytes < 60; bytes++) {
            frames.add(frame(to, bytes, "88b5"));
            frames.add(frame(to, bytes, "%04x".formatted(bytes - 14))); // 802.3
        }
        for (int bytes = 20; bytes < 64; bytes++) { // below 20 the kernel's untagging drops it
            frames.add(frame(to, bytes, "8100 002a 88b5"));
        }
        return frames;
    }

    byte[] plain(int bytes) {
        return frame(to, bytes, "88b5");
    }

    byte[] tagged(int bytes) {
        return frame(to, bytes, "8100 602a 88b5");
    }

    private byte[] ipv4(int bytes, int flagsAndOffset, int length) {
        byte[] frame = frame(to, bytes, "0800" + IPV4);
        put(frame, 14 + 2, length);
        put(frame, 14 + 6, flagsAndOffset);
        return frame;
    }

    private byte[] ipv6(int bytes, int offsetAndMore, int length) {
        byte[] frame = frame(to, bytes, "86dd" + IPV6.formatted("2c") + "11 00 0000 12345678");
        put(frame, 14 + 4, length);
        put(frame, 14 + 40 + 2, offsetAndMore);
        return frame;
    }

    private static void put(byte[] frame, int at, int value) {
        frame[at] = (byte) (value >> 8);
        frame[at + 1] = (byte) value;
    }

    private byte[] llc(String to, int bytes, int length, String header) {
        return frame(to, bytes, "%04x".formatted(length) + header);
    }

    /** As much of the header as there is room for. */
    private byte[] frame(String to, int bytes, String header) {
        byte[] frame = Frames.random(random, bytes, from, to);
        byte[] start = HexFormat.of().parseHex(header.replace(" ", ""));
        System.arraycopy(start, 0, frame, 12, Math.min(start.length, bytes - 12));
        return frame;
    }
}
