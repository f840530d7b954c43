package org.ifqd.probe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The outcome for programs, as a tree of maps and lists. Keys are always all there; what is not known is null. */
public final class ReportJson {
    private ReportJson() {}

    public static Map<String, Object> of(ProbeConfig config, List<DirectionReport> directions, boolean allowLoss) {
        List<Object> list = new ArrayList<>();
        directions.forEach(d -> list.add(direction(d, allowLoss)));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("stream", config.stream());
        map.put("seed", config.seed());
        map.put("sizes", config.sizes().text());
        map.put("flows", config.flows());
        map.put("rate", config.rate());
        map.put("tags", config.tags().stream().map(VlanTag::toString).toList());
        map.put("directions", list);
        map.put("clean", directions.stream().allMatch(d -> d.isClean(allowLoss)));
        return map;
    }

    private static Map<String, Object> direction(DirectionReport d, boolean allowLoss) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("out", d.out() == null ? null : d.out().toString());
        map.put("in", d.in() == null ? null : d.in().toString());
        map.put("sent", d.sentFrames());
        sent(map, d.sent());
        received(map, d);
        map.put("clean", d.isClean(allowLoss));
        return map;
    }

    private static void sent(Map<String, Object> map, SentFrames sent) {
        map.put("sentBytes", sent == null ? null : sent.bytes());
        map.put("refused", sent == null ? null : sent.refused());
        map.put("warmUp", sent == null ? null : sent.warmUp());
        map.put("seconds", sent == null ? null : sent.elapsedNs() / 1e9);
        map.put("shortfall", sent == null ? null : sent.shortfall());
        map.put("lateNs", sent == null || sent.rate() == 0 ? null : late(sent.lateNs()));
        map.put("framesPerSecond", sent == null ? null : sent.perSecond());
    }

    /** How late system calls began to send, against the rate. */
    public static Map<String, Object> late(Histogram h) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("p50", h.getValueAtPercentile(50));
        map.put("p99", h.getValueAtPercentile(99));
        map.put("max", h.getMaxValue());
        return map;
    }

    private static void received(Map<String, Object> map, DirectionReport d) {
        Verifier v = d.received();
        map.put("received", v == null ? null : v.received());
        map.put("receivedBytes", v == null ? null : v.receivedBytes());
        map.put("lost", v == null ? null : d.lost());
        map.put("lostAtEnd", v == null ? null : d.lostAtEnd());
        map.put("probeDrops", v == null ? null : d.kernelDrops());
        map.put("reordered", v == null ? null : v.of(SequenceWindow.Arrival.REORDERED));
        map.put("duplicated", v == null ? null : v.of(SequenceWindow.Arrival.DUPLICATE));
        map.put("tooOld", v == null ? null : v.of(SequenceWindow.Arrival.TOO_OLD));
        map.put("corrupted", v == null ? null : v.corrupted());
        map.put("wrongAddresses", v == null ? null : v.of(Verdict.WRONG_ADDRESSES));
        map.put("wrongTags", v == null ? null : v.of(Verdict.WRONG_TAGS));
        map.put("wrongContent", v == null ? null : v.of(Verdict.WRONG_CONTENT));
        map.put("foreign", v == null ? null : v.of(Verdict.FOREIGN));
        map.put("latencyNs", v == null ? null : latency(v));
    }

    private static Map<String, Object> latency(Verifier v) {
        Histogram h = v.latencyNs();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", h.getTotalCount());
        map.put("clockSetBack", v.negativeLatencies());
        boolean any = h.getTotalCount() > 0;
        map.put("min", any ? h.getMinValue() : null);
        map.put("mean", any ? Math.round(h.getMean()) : null);
        map.put("p50", any ? h.getValueAtPercentile(50) : null);
        map.put("p90", any ? h.getValueAtPercentile(90) : null);
        map.put("p99", any ? h.getValueAtPercentile(99) : null);
        map.put("p999", any ? h.getValueAtPercentile(99.9) : null);
        map.put("max", any ? h.getMaxValue() : null);
        return map;
    }
}
