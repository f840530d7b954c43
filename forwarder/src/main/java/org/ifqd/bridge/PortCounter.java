package org.ifqd.bridge;

import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The numbers of a port, each declared once: its place in {@code stats --json}, its metric, its help, and where it is
 * found. Both go through this list, in its order.
 *
 * <p>Not here, since they have a form of their own: drops by reason, latency, workers, lanes.
 */
public enum PortCounter {
    RX_FRAMES(
            "rx",
            "frames",
            "receive_frames",
            "Frames received on the port and forwarded or dropped",
            PortSnapshot::rxFrames),
    RX_BYTES("rx", "bytes", "receive_bytes", "Their bytes, without FCS", PortSnapshot::rxBytes),
    KERNEL_DROPS(
            "rx",
            "kernelDrops",
            "receive_kernel_drops",
            "Frames dropped by the kernel for want of room in the receive ring",
            PortSnapshot::kernelDrops),
    TX_FRAMES("tx", "frames", "transmit_frames", "Frames sent out of the port", p -> p.queue()
            .sent()),
    TX_BYTES("tx", "bytes", "transmit_bytes", "Their bytes, without FCS", p -> p.queue()
            .sentBytes()),
    QUEUE_LENGTH(Kind.GAUGE, "queue", "length", "queue_frames", "Frames that wait to be sent", p -> p.queue()
            .queued()),
    QUEUE_MAX_LENGTH(Kind.GAUGE, "queue", "maxLength", "queue_max_frames", "The most that have waited", p -> p.queue()
            .maxLength()),
    QUEUE_CAPACITY(
            Kind.GAUGE,
            "queue",
            "capacity",
            "queue_capacity_frames",
            "Frames at which the send queue is full",
            p -> p.queue().capacity()),
    OACTIVE(
            Kind.FLAG,
            "queue",
            "oactive",
            "oactive",
            "1 while the transmit ring is full",
            p -> p.queue().oactive() ? 1 : 0),
    OACTIVES("queue", "oactives", "oactives", "How often the transmit ring was full", p -> p.queue()
            .oactives()),
    CHECKSUMS_COMPLETED(
            "offload", "csumCompleted", "checksums_completed", "Checksums finished in software", p -> p.offloads()
                    .csumCompleted()),
    GSO_FRAMES_SEGMENTED(
            "offload", "segmented", "gso_frames_segmented", "GSO frames segmented in software", p -> p.offloads()
                    .segmented()),
    ENTERS("serializer", "enters", "serializer_enters", "Threads that went into the start routine", p -> p.serializer()
            .enters()),
    SPINS("serializer", "spins", "serializer_spins", "Rounds that a thread inside did for others", p -> p.serializer()
            .spins()),
    CONTENDED(
            "serializer",
            "contended",
            "serializer_contended",
            "Starts that found another thread inside",
            p -> p.serializer().contended());

    /** The kind of a number. */
    public enum Kind {
        /** It only grows. */
        COUNTER,
        GAUGE,
        /** 1 or 0; true or false in JSON. */
        FLAG
    }

    private final Kind kind;
    private final String group;
    private final String key;
    private final String metric;
    private final String help;
    private final ToLongFunction<PortSnapshot> value;

    PortCounter(Kind kind, String group, String key, String metric, String help, ToLongFunction<PortSnapshot> value) {
        this.kind = kind;
        this.group = group;
        this.key = key;
        this.metric = metric;
        this.help = help;
        this.value = value;
    }

    PortCounter(String group, String key, String metric, String help, ToLongFunction<PortSnapshot> value) {
        this(Kind.COUNTER, group, key, metric, help, value);
    }

    public Kind kind() {
        return kind;
    }

    /** The object in a port's JSON that has it, for example {@code rx}. */
    public String group() {
        return group;
    }

    /** Its metric without {@code ifqd_port_} in front and {@code _total} behind. */
    public String metric() {
        return metric;
    }

    /** Its meaning, for people. */
    public String help() {
        return help;
    }

    /** Its value. */
    public long of(PortSnapshot port) {
        return value.applyAsLong(port);
    }

    /** Puts it into its group's JSON object. */
    public void putInto(Map<String, Object> json, PortSnapshot port) {
        json.put(key, kind == Kind.FLAG ? (Object) (of(port) != 0) : (Object) of(port));
    }
}
