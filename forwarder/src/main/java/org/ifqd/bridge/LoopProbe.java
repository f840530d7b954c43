package org.ifqd.bridge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.ifqd.linux.Memory;

/**
 * The frame that ifqd sends to find out whether its two ports are connected with each other: Ethernet configuration testing
 * protocol (type 9000h, group address CF-00-00-00-00-00), as switches use it for their keepalives, with a number that no
 * other process has.
 */
final class LoopProbe {
    private static final int BYTES = 60;

    private static final long DESTINATION = 0xcf0000000000L;
    private static final long SOURCE = 0x026966716400L; // locally administered: "ifqd"
    private static final int TYPE = 0x9000;
    private static final int NUMBER_AT = 24;

    private final long number = ThreadLocalRandom.current().nextLong();

    /** The frame to send out of port 0 or 1. */
    byte[] frame(int port) {
        ByteBuffer frame = ByteBuffer.allocate(BYTES);
        frame.putLong(DESTINATION << 16);
        frame.putShort(6, (short) (SOURCE >>> 32));
        frame.putInt(8, (int) SOURCE | port);
        frame.putShort(12, (short) TYPE);
        frame.put(16, "ifqd".getBytes(StandardCharsets.US_ASCII));
        frame.putLong(NUMBER_AT, number);
        return frame.array();
    }

    /** Whether the frame at this address is a probe of this process. */
    boolean isMine(long frame, int length) {
        return length >= BYTES
                && Memory.getByte(frame + 12) == (byte) (TYPE >>> 8)
                && Memory.getByte(frame + 13) == (byte) TYPE
                && Long.reverseBytes(Memory.getLong(frame + NUMBER_AT)) == number;
    }
}
