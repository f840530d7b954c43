package org.ifqd.ifq;

import java.util.Locale;

/**
 * The core, the mail's way to do it, and six ways to get it wrong. The tests run with {@link #REAL}; put another one in
 * its place with {@code -Difqd.variant=release-leave}. A broken one that no test rejects is a hole in the tests.
 */
public enum Variant {
    /** The task list; completion restarts through the serializer. */
    REAL,
    /** The mail's counter, with the fence that the mail forgot. */
    SEED_COUNTER,
    /** Leave resets the counter with a release store: the look at the queue may come before it (T1). */
    RELEASE_LEAVE,
    /** Leave gives up the serializer although it was asked to go round again. */
    NO_SECOND_LOOK,
    /** A plain flag in place of the counter: two threads may go in, and nobody notes who came meanwhile. */
    PLAIN_FLAG,
    /** Completion restarts only a port that it finds oactive, and start does not look at the ring again. */
    OACTIVE_UNCHECKED,
    /** Completion clears oactive by itself, then starts (T4). */
    CLEAR_OUTSIDE,
    /** The barrier looks once whether somebody is inside, waits a little, and returns. */
    BARRIER_ONCE;

    /** As on the command line. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public boolean isBroken() {
        return ordinal() > SEED_COUNTER.ordinal();
    }

    /** What is wrong is not in the serializer but in how completion and oactive meet. */
    boolean hasBrokenCompletion() {
        return this == OACTIVE_UNCHECKED || this == CLEAR_OUTSIDE;
    }

    /** The variant that the system property names. */
    public static Variant inUse() {
        String wanted = System.getProperty("ifqd.variant", REAL.key());
        for (Variant variant : values()) {
            if (variant.key().equals(wanted)) {
                return variant;
            }
        }
        throw new IllegalArgumentException("-Difqd.variant=" + wanted + ": no such variant");
    }

    /** A new serializer of this variant. */
    public Serializer serializer(String name, TaskListSerializer.Monitor monitor) {
        return switch (this) {
            case REAL, OACTIVE_UNCHECKED, CLEAR_OUTSIDE -> new TaskListSerializer(name, monitor);
            case SEED_COUNTER -> new CounterSerializer(name, monitor);
            case RELEASE_LEAVE -> new BrokenSerializers.ReleaseLeave(name, monitor);
            case NO_SECOND_LOOK -> new BrokenSerializers.NoSecondLook(name, monitor);
            case PLAIN_FLAG -> new BrokenSerializers.PlainFlag(name, monitor);
            case BARRIER_ONCE -> new BrokenSerializers.BarrierOnce(name, monitor);
        };
    }

    /** What the completion context does once it has freed a slot. */
    void completed(Ifnet ifnet) {
        switch (this) {
            case OACTIVE_UNCHECKED -> {
                if (ifnet.queue().isOactive()) {
                    ifnet.restart();
                }
            }
            case CLEAR_OUTSIDE -> {
                ifnet.queue().clearOactive();
                ifnet.start();
            }
            default -> ifnet.restart();
        }
    }
}
