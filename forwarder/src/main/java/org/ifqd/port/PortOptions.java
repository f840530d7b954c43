package org.ifqd.port;

import java.util.List;
import org.ifqd.linux.MachineMemory;

/**
 * Sizes of a port, and where and how its receive workers run.
 *
 * @param workers receive workers, 1 to 64
 * @param rxRingBytes bytes of each worker's receive ring
 * @param txSlots slots of the transmit ring
 * @param queueCapacity frames of the send queue of each lane; references only, so it can be as long as the receive
 *     rings behind it
 * @param cpus processors that the workers are pinned to, in turn; empty: wherever the kernel puts them
 * @param busyPoll the workers never sleep
 * @param qdisc whether frames leave through the interface's queueing discipline
 * @param maxAgeMs how long ago a frame may have been received to be sent still, milliseconds; 0 for any time
 */
public record PortOptions(
        int workers,
        long rxRingBytes,
        int txSlots,
        int queueCapacity,
        List<Integer> cpus,
        boolean busyPoll,
        Qdisc qdisc,
        int maxAgeMs) {
    /** Longest {@link #maxAgeMs}: an hour. */
    public static final int MOST_AGE_MS = 3_600_000;

    /** GSO_MAX_SIZE of include/linux/netdevice.h: no GSO frame is longer. */
    public static final int LARGEST_GSO_BYTES = 8 * 0xffff;

    private static final int DEFAULT_AGE_MS = 1000;

    /**
     * Of 64 TCP streams both ways with 64 KiB frames 16 MiB lose 7 % of the frames, 32 MiB 0.5 %, 64 MiB none (veth,
     * two processors). A small machine gives each ring a 64th of its memory.
     */
    private static final long LARGEST_DEFAULT_RING = 64L << 20;

    private static final long LEAST_DEFAULT_RING = 4L << 20;
    private static final int PART_OF_MEMORY = 64;

    /**
     * One worker, a receive ring by {@link #defaultRxRing}, 512 slots, 16384 frames: so many come in 20 ms at 800,000 a
     * second, and a thread that starts may be without a processor for that long.
     */
    public static final PortOptions DEFAULT = new PortOptions(1, defaultRxRing(MachineMemory.totalBytes()), 512, 16384);

    /** Frames of the send queue by default where each one is a copy, up to the interface's MTU long. */
    public static final int QUEUE_OF_COPIES = 4096;

    /** @throws IllegalArgumentException in one line, for a number out of range */
    public PortOptions {
        range("workers", workers, 1, 64);
        range("rx-ring", rxRingBytes, 512 << 10, 1L << 40);
        range("tx-ring", txSlots, 16, 1 << 16);
        range("queue", queueCapacity, 1, 1 << 20);
        range("max-age", maxAgeMs, 0, MOST_AGE_MS);
        if (Integer.bitCount(txSlots) != 1) {
            throw new IllegalArgumentException("tx-ring " + txSlots + " is not a power of two");
        }
        cpus = List.copyOf(cpus);
    }

    /** Workers that sleep when there is nothing to do, on any processor. */
    public PortOptions(int workers, long rxRingBytes, int txSlots, int queueCapacity) {
        this(workers, rxRingBytes, txSlots, queueCapacity, List.of(), false);
    }

    /** With the defaults of the rest. */
    public PortOptions(
            int workers, long rxRingBytes, int txSlots, int queueCapacity, List<Integer> cpus, boolean busyPoll) {
        this(workers, rxRingBytes, txSlots, queueCapacity, cpus, busyPoll, Qdisc.BYPASS, DEFAULT_AGE_MS);
    }

    /** The same with a send queue of so many frames. */
    public PortOptions withQueue(int frames) {
        return new PortOptions(workers, rxRingBytes, txSlots, frames, cpus, busyPoll, qdisc, maxAgeMs);
    }

    /** Bytes of a receive ring by default, on a machine with so many bytes of memory: a power of two, 4 to 64 MiB. */
    static long defaultRxRing(long memoryBytes) {
        long part = Long.highestOneBit(memoryBytes / PART_OF_MEMORY);
        return Math.clamp(part, LEAST_DEFAULT_RING, LARGEST_DEFAULT_RING);
    }

    private static void range(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + " is not in " + least + ".." + most);
        }
    }
}
