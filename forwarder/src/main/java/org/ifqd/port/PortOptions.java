package org.ifqd.port;

/**
 * Sizes of a port.
 *
 * @param workers receive workers, 1 to 64
 * @param rxRingBytes bytes of each worker's receive ring
 * @param txSlots slots of the transmit ring
 * @param queueCapacity frames of the send queue
 */
public record PortOptions(int workers, long rxRingBytes, int txSlots, int queueCapacity) {
    /** One worker, 16 MiB receive ring (128 blocks, so at least 128 ms of traffic), 512 slots, 4096 frames. */
    public static final PortOptions DEFAULT = new PortOptions(1, 16L << 20, 512, 4096);

    /** @throws IllegalArgumentException in one line, for a number out of range */
    public PortOptions {
        range("workers", workers, 1, 64);
        range("rx-ring", rxRingBytes, 512 << 10, 1L << 40);
        range("tx-ring", txSlots, 16, 1 << 16);
        range("queue", queueCapacity, 1, 1 << 20);
        if (Integer.bitCount(txSlots) != 1) {
            throw new IllegalArgumentException("tx-ring " + txSlots + " is not a power of two");
        }
    }

    private static void range(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + " is not in " + least + ".." + most);
        }
    }

    public PortOptions withWorkers(int n) {
        return new PortOptions(n, rxRingBytes, txSlots, queueCapacity);
    }
}
