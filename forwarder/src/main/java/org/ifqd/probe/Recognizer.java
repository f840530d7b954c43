package org.ifqd.probe;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.ifqd.linux.packet.SocketFilter;

/**
 * Tells what a received frame is. Three marks, far from each other, make a frame ours: both MAC addresses, the IP
 * networks, the stream. An intact frame has all three and the right CRC; damage in one place leaves two. The IP header
 * is looked for behind as many tags as were sent and, since losing or gaining one is what goes wrong with tags, behind
 * fewer and more.
 *
 * <p><b>Threading:</b> one thread.
 */
final class Recognizer {
    private static final int MOST_TAGS = 4;
    private static final int ENOUGH_MARKS = 2;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer expected;
    private final int id;
    private final int sourceNet;
    private final int destinationIp;
    private final int ip;

    Recognizer(ProbeStream stream) {
        ip = stream.ipOffset();
        expected = ByteBuffer.allocate(ip);
        stream.putEthernet(expected);
        id = stream.id();
        sourceNet = stream.sourceNet();
        destinationIp = stream.destinationIp();
    }

    /**
     * Lets all frames through that are not foreign, and few others: two of three marks are never without part of the
     * addresses or the destination's network.
     */
    static SocketFilter filter(ProbeStream stream) {
        ByteBuffer frame = ByteBuffer.allocate(stream.ipOffset());
        stream.putEthernet(frame);
        List<SocketFilter.Word> words = new ArrayList<>();
        words.add(new SocketFilter.Word(0, frame.getInt(0)));
        words.add(new SocketFilter.Word(8, frame.getInt(8)));
        for (int tags = 0; tags <= MOST_TAGS; tags++) { // also one less than were sent: the kernel strips the outer one
            int ip = ProbeFrame.ETHERNET_BYTES + tags * VlanTag.BYTES;
            words.add(new SocketFilter.Word(ip + ProbeFrame.IP_DESTINATION, stream.destinationIp()));
        }
        return SocketFilter.incomingWithAny(words);
    }

    /** Where the IP header of an intact frame is. */
    int ipOffset() {
        return ip;
    }

    /** @param frame from the first byte of the Ethernet header on; position and limit are moved */
    Verdict look(ByteBuffer frame, int bytes) {
        Verdict verdict = at(frame, bytes, ip);
        for (int tags = 0; verdict == Verdict.FOREIGN && tags <= MOST_TAGS; tags++) {
            int other = ProbeFrame.ETHERNET_BYTES + tags * VlanTag.BYTES;
            if (other != ip) {
                verdict = at(frame, bytes, other);
            }
        }
        return verdict;
    }

    private Verdict at(ByteBuffer frame, int bytes, int at) {
        boolean addresses = hasAddresses(frame, bytes);
        boolean networks = bytes >= at + ProbeFrame.UDP && hasNetworks(frame, at);
        int stream = bytes >= at + ProbeFrame.FLOW ? frame.getShort(at + ProbeFrame.STREAM) & 0xffff : -1;
        boolean known = (stream & ~ProbeStream.WARM_UP) == id;
        int marks = (addresses ? 1 : 0) + (networks ? 1 : 0) + (known ? 1 : 0);
        if (marks < ENOUGH_MARKS) {
            return Verdict.FOREIGN;
        }
        boolean right = bytes >= at + ProbeFrame.PAYLOAD
                && ProbeFrame.crc(crc, frame, at, bytes) == frame.getInt(at + ProbeFrame.CRC);
        if (right && !known) {
            return Verdict.FOREIGN; // another run's with the same addresses
        }
        if (!addresses) {
            return Verdict.WRONG_ADDRESSES;
        }
        if (at != ip || !hasTags(frame)) {
            return Verdict.WRONG_TAGS;
        }
        if (!right) {
            return Verdict.WRONG_CONTENT;
        }
        return stream == id ? Verdict.INTACT : Verdict.WARM_UP;
    }

    private boolean hasAddresses(ByteBuffer frame, int bytes) {
        return bytes >= ProbeFrame.ADDRESSES_BYTES
                && frame.getLong(0) == expected.getLong(0)
                && frame.getInt(8) == expected.getInt(8);
    }

    private boolean hasNetworks(ByteBuffer frame, int at) {
        return (frame.getInt(at + ProbeFrame.IP_SOURCE) & 0xffff_0000) == sourceNet
                && frame.getInt(at + ProbeFrame.IP_DESTINATION) == destinationIp;
    }

    /**
     * Tags without the ethertype behind them. A frame that is too short for them was never sent and has lost two marks.
     */
    private boolean hasTags(ByteBuffer frame) {
        for (int at = ProbeFrame.ADDRESSES_BYTES; at + VlanTag.BYTES <= ip; at += VlanTag.BYTES) {
            if (frame.getInt(at) != expected.getInt(at)) {
                return false;
            }
        }
        return true;
    }
}
