package org.ifqd.probe;

import java.util.Arrays;

/**
 * Which of the last numbers of each flow have arrived. Numbers come as 32 bits and may wrap; inside they are 64 bits
 * wide.
 *
 * <p><b>Reordered</b> is as in RFC 4737: a number lower than the highest before it in its flow. Two frames that change
 * places are one reordered frame. <b>Invariant:</b> bit {@code n % window} of a flow is set if number n has arrived,
 * for the last
 * {@code window} numbers up to the highest.
 */
final class SequenceWindow {
    /** The meaning of a number to its flow. */
    enum Arrival {
        IN_ORDER,
        REORDERED,
        DUPLICATE,
        /** So old that it is not known any more whether it is a duplicate. */
        TOO_OLD
    }

    private static final int SMALLEST = 1 << 10;
    private static final int LARGEST = 1 << 20;
    private static final int MEMORY_BITS = 1 << 26; // 8 MiB, however many flows

    private final long[] highest;
    private final long[] arrived;
    private final int window;
    private long lastMissing = -1;

    SequenceWindow(int flows) {
        this(flows, Math.clamp(Integer.highestOneBit(MEMORY_BITS / flows), SMALLEST, LARGEST));
    }

    /** @param window power of two, at least 64 */
    SequenceWindow(int flows, int window) {
        this.window = window;
        this.highest = new long[flows];
        this.arrived = new long[Math.multiplyExact(flows, window / Long.SIZE)];
        Arrays.fill(highest, -1);
    }

    /** How many numbers back a late frame is still told from a duplicate. */
    int window() {
        return window;
    }

    int flows() {
        return highest.length;
    }

    Arrival arrive(int flow, int sequence) {
        long top = highest[flow];
        long number = top + (sequence - (int) top); // the one of these 32 bits that is nearest to the highest
        if (number > top) {
            clear(flow, top + 1, number);
            if (number > top + 1) {
                lastMissing = Math.max(lastMissing, (number - 1) * highest.length + flow);
            }
            highest[flow] = number;
            mark(flow, number);
            return Arrival.IN_ORDER;
        }
        if (number < 0 || number <= top - window) {
            return Arrival.TOO_OLD;
        }
        return mark(flow, number) ? Arrival.REORDERED : Arrival.DUPLICATE;
    }

    /** Returns whether it was not marked before. */
    private boolean mark(int flow, long number) {
        int word = word(flow, number);
        long bit = 1L << number;
        boolean fresh = (arrived[word] & bit) == 0;
        arrived[word] |= bit;
        return fresh;
    }

    private void clear(int flow, long from, long to) {
        if (to - from >= window) {
            Arrays.fill(arrived, word(flow, 0), word(flow, 0) + window / Long.SIZE, 0);
            return;
        }
        for (long number = from; number <= to; number++) {
            arrived[word(flow, number)] &= ~(1L << number);
        }
    }

    private int word(int flow, long number) {
        return (int) (((long) flow * window + (number & window - 1)) / Long.SIZE);
    }

    /**
     * Of frames that are sent with their flows in turn, which is the last that was missing when a later one of its flow
     * came; it may have come later. -1 if there is none.
     */
    long lastMissing() {
        return lastMissing;
    }

    /** How many frames must have been sent if in each flow the highest number that arrived was the last. */
    long numbered() {
        return Arrays.stream(highest).map(number -> number + 1).sum();
    }
}
