package org.ifqd.bridge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.ifqd.linux.Memory;
import org.ifqd.linux.pcap.FilterCompiler;
import org.ifqd.linux.pcap.FilterException;

/**
 * The frame that ifqd sends to find out whether its two ports are connected with each other: Ethernet configuration
 * testing protocol (type 9000h, group address CF-00-00-00-00-00), as switches use it for their keepalives, with a
 * number that nobody else has. A probe that comes back where it left was reflected; only at the other port it proves a
 * loop.
 */
public final class LoopProbe {
    /** Lets probes in where a port's filter leaves other frames out, pcap-filter(7). */
    private static final String FILTER = "(ether proto 0x9000 and ether[6:4] = 0x02696671 and ether[10] = 0x64)";

    /**
     * A filter that lets the probes in whatever is left out, else no loop is ever proven.
     *
     * @param expression of pcap-filter(7); empty for all frames, and stays so
     * @throws FilterException for an expression that libpcap does not understand, in its own words
     */
    public static String let(String expression) {
        if (expression.isEmpty()) {
            return expression;
        }
        FilterCompiler.check(expression); // by itself: what is wrong is said of what was written
        return FILTER + " or (" + expression + ")"; // probes first: behind a "vlan" offsets count from the tag on
    }

    /** Not a probe of this pair. */
    static final int NOBODY = -1;

    private static final int BYTES = 60;

    private static final long DESTINATION = 0xcf0000000000L;
    private static final long SOURCE = 0x026966716400L; // locally administered: "ifqd"
    private static final int TYPE = 0x9000;
    private static final int NUMBER_AT = 24;

    /** One a port: who hears the probes of one port only cannot forge those of the other. */
    private final long[] numbers = new SecureRandom().longs(2).toArray();

    /** The frame to send out of port 0 or 1. */
    byte[] frame(int port) {
        ByteBuffer frame = ByteBuffer.allocate(BYTES);
        frame.putLong(DESTINATION << 16);
        frame.putShort(6, (short) (SOURCE >>> 32));
        frame.putInt(8, (int) SOURCE | port);
        frame.putShort(12, (short) TYPE);
        frame.put(16, "ifqd".getBytes(StandardCharsets.US_ASCII));
        frame.putLong(NUMBER_AT, numbers[port]);
        return frame.array();
    }

    /** The port that sent the frame at this address, if it is a probe of this pair, else {@link #NOBODY}. */
    int sender(long frame, int length) {
        boolean isProbe = length >= BYTES
                && Memory.getByte(frame + 12) == (byte) (TYPE >>> 8)
                && Memory.getByte(frame + 13) == (byte) TYPE;
        if (!isProbe) {
            return NOBODY;
        }
        long number = Long.reverseBytes(Memory.getLong(frame + NUMBER_AT));
        return number == numbers[0] ? 0 : number == numbers[1] ? 1 : NOBODY;
    }
}
