package org.ifqd.service;

import java.util.List;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.stats.Scaled;

/** Rates between two looks at the counters, as a text. One thread. */
final class Rates {
    private long frames;
    private long bytes;
    private long dropped;
    private long atNs;
    private boolean any;

    /** The frames that have left all ports since the last call; the first call only remembers. */
    String since(List<PortSnapshot> ports, long nowNs) {
        long sent = 0;
        long sentBytes = 0;
        long lost = 0;
        for (PortSnapshot port : ports) {
            sent += port.queue().sent();
            sentBytes += port.queue().sentBytes();
            lost += port.queue().droppedTotal() + port.kernelDrops();
        }
        double seconds = any ? (nowNs - atNs) / 1e9 : 0;
        // a port that was taken out by a reload takes its counters along
        String text = seconds <= 0 || sent < frames || lost < dropped
                ? "%d frames sent, %d dropped".formatted(sent, lost)
                : "%s frames/s, %sbit/s, %s dropped/s"
                        .formatted(
                                Scaled.of((sent - frames) / seconds),
                                Scaled.of((sentBytes - bytes) * 8 / seconds),
                                Scaled.of((lost - dropped) / seconds));
        frames = sent;
        bytes = sentBytes;
        dropped = lost;
        atNs = nowNs;
        any = true;
        return text;
    }
}
