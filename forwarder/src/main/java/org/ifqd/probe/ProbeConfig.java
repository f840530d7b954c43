package org.ifqd.probe;

import java.math.BigDecimal;
import java.util.List;
import org.ifqd.config.ConfigException;

/**
 * One run, checked.
 *
 * @param out where frames are sent, or null for receive only
 * @param in where frames are received, or null for send only
 * @param both whether frames also go from {@code in} to {@code out}
 * @param count frames to send in each direction, 0 for no limit
 * @param durationNs how long to send, 0 for no limit
 * @param rate frames a second and direction, 0 for as fast as possible
 * @param even whether a sender that was held up leaves out what fell due, instead of catching up in bursts
 * @param flows 1 to 65536
 * @param stream 0 to 0x7fff
 * @param sourceMac 0 for one that is made from the stream
 * @param destinationMac as {@code sourceMac}
 * @param zeroPayload zeros instead of random bytes
 * @param seed of the random payload
 * @param warmUpNs how long to send before counting
 * @param warmUpRate frames a second of the warm-up, 0 for as fast as possible
 * @param timeoutNs how long to wait for stragglers
 * @param rxRingBytes of each receive ring
 */
public record ProbeConfig(
        ProbePort out,
        ProbePort in,
        boolean both,
        long count,
        long durationNs,
        double rate,
        boolean even,
        FrameSizes sizes,
        int flows,
        List<VlanTag> tags,
        int stream,
        long sourceMac,
        long destinationMac,
        boolean zeroPayload,
        long seed,
        long warmUpNs,
        double warmUpRate,
        long timeoutNs,
        long rxRingBytes) {
    private static final int MOST_FLOWS = 1 << 16;
    private static final int MOST_TAGS = 4;
    private static final double HIGHEST_RATE = 1e9;

    public ProbeConfig {
        refuse(out != null && out.equals(in), out + " is given twice; a probe needs two different interfaces");
        refuse(both && (out == null || in == null), "--both needs two interfaces");
        refuse(count < 0, "--count " + count + ": must not be negative");
        refuse(!(rate >= 0 && rate <= HIGHEST_RATE), "--rate " + rate + ": must be 0 to 1e9 frames a second");
        refuse(flows < 1 || flows > MOST_FLOWS, "--flows " + flows + ": must be 1 to " + MOST_FLOWS);
        refuse(tags.size() > MOST_TAGS, "--tag: at most " + MOST_TAGS + " tags");
        refuse(
                stream < 0 || stream > ProbeStream.LARGEST_ID,
                "--stream " + stream + ": must be 0 to " + ProbeStream.LARGEST_ID);
        refuse(
                durationNs < 0 || warmUpNs < 0 || timeoutNs < 0,
                "--seconds, --warm-up and --timeout must not be negative");
        int smallest = ProbeFrame.ETHERNET_BYTES + tags.size() * VlanTag.BYTES + ProbeFrame.PAYLOAD;
        refuse(
                sizes.smallest() < smallest,
                "--size " + sizes + ": the smallest frame is " + smallest + " bytes"
                        + (tags.isEmpty() ? "" : " with " + tags.size() + " tags")
                        + " (headers and 18 bytes of the probe's own, without FCS)");
    }

    private static void refuse(boolean bad, String message) {
        if (bad) {
            throw new ConfigException(message);
        }
    }

    /** One line for people: what is sent where. */
    public String summary() {
        ProbeStream forward = forward();
        String from = out == null ? "another process" : out.toString();
        String to = in == null ? "another process" : in.toString();
        return from + (both ? " <-> " : " -> ") + to + ", stream " + stream + ", seed " + seed + ", sizes " + sizes
                + ", flows " + flows
                + (tags.isEmpty() ? "" : ", tags " + tags)
                + (rate == 0
                        ? ", as fast as possible"
                        : ", rate "
                                + BigDecimal.valueOf(rate).stripTrailingZeros().toPlainString())
                + ", " + MacAddress.text(forward.sourceMac()) + " to " + MacAddress.text(forward.destinationMac());
    }

    /** The properties that the first direction's frames share. */
    ProbeStream forward() {
        return ProbeStream.of(stream, sourceMac, destinationMac, tags);
    }
}
