package org.ifqd.probe;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;
import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.VnetHeader;

/**
 * Writes one frame after the other into the same memory, an empty vnet header in front.
 *
 * <p><b>Threading:</b> one thread. <b>Invariant:</b> Ethernet header and the constant fields of IP and UDP are written
 * once; whatever depends on the frame is written for each.
 */
final class FrameWriter {
    // RFC 2544 says 7 (echo), which could be answered
    private static final int PORT = 49_152;

    private static final int PORTS = 16_384;
    private static final int UDP_PROTOCOL = 17;

    /** Each frame's payload begins at another place of the random bytes, so that payloads are told apart. */
    private static final int PAYLOAD_STARTS = 1 << 16;

    private static final int PAYLOAD_STEP = 61;

    private final ByteBuffer frame;
    private final long address;
    private final ByteBuffer random;
    private final CRC32C crc = new CRC32C();
    private final int ip;
    private final int sourceNet;
    private final int constantSum;

    /**
     * @param largestFrame bytes
     * @param seed of the random payload
     * @param zero whether the payload is zeros instead
     */
    FrameWriter(ProbeStream stream, int largestFrame, long seed, boolean zero) {
        ByteBuffer memory = ByteBuffer.allocateDirect(VnetHeader.BYTES + largestFrame);
        frame = memory.slice(VnetHeader.BYTES, largestFrame);
        address = Memory.addressOf(memory) + VnetHeader.BYTES;
        random = ByteBuffer.allocateDirect(PAYLOAD_STARTS + largestFrame);
        if (!zero) {
            byte[] bytes = new byte[random.capacity()];
            new Random(seed).nextBytes(bytes);
            random.put(0, bytes);
        }
        ip = stream.ipOffset();
        sourceNet = stream.sourceNet();
        stream.putEthernet(frame);
        frame.putShort(ip, (short) 0x4500); // version 4, header of 5 words
        frame.putShort(ip + 6, (short) 0x4000); // do not fragment
        frame.putShort(ip + 8, (short) (64 << 8 | UDP_PROTOCOL)); // time to live
        frame.putInt(ip + ProbeFrame.IP_SOURCE, sourceNet);
        frame.putInt(ip + ProbeFrame.IP_DESTINATION, stream.destinationIp());
        frame.putShort(ip + ProbeFrame.UDP + 2, (short) PORT);
        frame.putShort(ip + ProbeFrame.STREAM, (short) stream.id());
        int sum = 0;
        for (int at = 0; at < ProbeFrame.UDP; at += 2) {
            sum += frame.getShort(ip + at) & 0xffff;
        }
        constantSum = sum;
    }

    /** Writes the frame; {@link #address} is where it is. */
    void write(int flow, int sequence, int bytes, long timeNs) {
        int ipBytes = bytes - ip;
        frame.putShort(ip + ProbeFrame.IP_LENGTH, (short) ipBytes);
        frame.putInt(ip + ProbeFrame.IP_SOURCE, sourceNet | flow);
        int sum = constantSum + ipBytes + flow;
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        frame.putShort(ip + ProbeFrame.IP_CHECKSUM, (short) ~sum);
        frame.putShort(ip + ProbeFrame.UDP, (short) (PORT + flow % PORTS));
        frame.putShort(ip + ProbeFrame.UDP_LENGTH, (short) (ipBytes - ProbeFrame.UDP));
        frame.putShort(ip + ProbeFrame.FLOW, (short) flow);
        frame.putInt(ip + ProbeFrame.SEQUENCE, sequence);
        ProbeFrame.putTime(frame, ip, timeNs);
        int start = (sequence * PAYLOAD_STEP + flow) & PAYLOAD_STARTS - 1;
        frame.put(ip + ProbeFrame.PAYLOAD, random, start, ipBytes - ProbeFrame.PAYLOAD);
        frame.putInt(ip + ProbeFrame.CRC, ProbeFrame.crc(crc, frame, ip, bytes));
    }

    /** Where frames are written: the address of the Ethernet header. */
    long address() {
        return address;
    }

    ByteBuffer frame() {
        return frame;
    }
}
