package org.ifqd.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ifqd.e2e.NetLab.Nic;

/**
 * trafgen on one core, always bounded by a count and by time. It forks: a signal to the process that was started would
 * leave the one that sends running; {@code timeout} hands signals on to both.
 */
final class Trafgen {
    /** 64 bytes that no protocol stack answers; without an FCS, as all lengths here. */
    static final String SMALL_FRAME_TO_SINK = "{ 0x02,0,0,0,0,4, 0x02,0,0,0,0,1, 0x88,0xb5, fill(0x5a, 50) }";

    static final String SMALL_FRAME_TO_GEN = "{ 0x02,0,0,0,0,1, 0x02,0,0,0,0,4, 0x88,0xb5, fill(0x5a, 50) }";

    /**
     * A 64-byte frame with a number that counts up from 0: TCP's sequence number, for trafgen counts in no other field
     * of four bytes. It goes to an address that the sink does not have, so that no stack answers. One flow, for any
     * hash.
     */
    static final String NUMBERED_FRAME = "{ eth(da=" + NetLab.SINK_MAC + ", sa=" + NetLab.GEN_MAC + "),"
            + " ipv4(sa=198.18.0.1, da=198.18.0.99), tcp(sp=1, dp=9, seq=dinc()), fill(0x5a, 10) }";

    /** Where the number is: behind the Ethernet and IPv4 headers and TCP's ports. */
    static final int NUMBER_OFFSET = 14 + 20 + 4;

    private static final Duration LIMIT = Duration.ofSeconds(90);

    private Trafgen() {}

    /** Sends {@code count} frames as fast as one core can. */
    static Child flood(NetLab lab, Nic nic, String frame, long count, String... wrapper) {
        return start(lab, nic, frame, count, List.of(), wrapper);
    }

    /** Sends {@code count} frames at about this rate. */
    static Child paced(NetLab lab, Nic nic, String frame, long count, int framesPerSecond) {
        return start(lab, nic, frame, count, List.of("-b", framesPerSecond + "pps"));
    }

    private static Child start(NetLab lab, Nic nic, String frame, long count, List<String> options, String... wrapper) {
        List<String> command = new ArrayList<>(List.of(wrapper));
        command.addAll(List.of("timeout", "-k", "2", Long.toString(LIMIT.toSeconds())));
        command.addAll(List.of("trafgen", "-o", nic.name(), "-P", "1", "-C", "-n", Long.toString(count)));
        command.addAll(options);
        command.add(frame);
        return lab.start(nic.node, command);
    }
}
