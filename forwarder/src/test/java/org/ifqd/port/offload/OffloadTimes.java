package org.ifqd.port.offload;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import org.ifqd.linux.Memory;

/**
 * What the software offloads cost, by a plain loop: the best of several rounds, in nanoseconds. Run it so:
 *
 * <pre>{@code
 * java -cp forwarder/target/test-classes:forwarder/target/classes:native/target/classes \
 *     --enable-native-access=ALL-UNNAMED org.ifqd.port.offload.OffloadTimes
 * }</pre>
 */
final class OffloadTimes {
    private static final int ROUNDS = 30;

    private OffloadTimes() {}

    /** Prints one line for each measurement. */
    public static void main(String[] args) {
        try (Arena arena = Arena.ofConfined()) {
            long memory = arena.allocate(1 << 17, 64).address();
            byte[] random = new byte[1 << 16];
            new Random(1).nextBytes(random);
            for (int i = 0; i < random.length; i++) {
                Memory.putByte(memory + i, random[i]);
            }
            for (int bytes : new int[] {20, 64, 256, 1024, 1460, 9000, 65536}) {
                double ns = best(10_000_000 / (bytes + 100), () -> InternetChecksum.sum(memory + 2, bytes));
                print("checksum", bytes, ns);
                ns = best(10_000_000 / (bytes + 100), () -> {
                    Memory.copy(memory, memory + (1 << 16), bytes);
                    return Memory.getByte(memory + (1 << 16));
                });
                print("copy", bytes, ns);
            }
        }
        segments(false, 1448);
        segments(true, 1428);
    }

    private static void segments(boolean ipv6, int gsoSize) {
        Sample sample = new Sample(List.of(), ipv6, true, 0, List.of(), 3, 0x18, 1, 1, 64_000, gsoSize, true, 1);
        byte[] superframe = sample.superframe();
        Segmenter segmenter = new Segmenter();
        try (GuardedFrame in = GuardedFrame.of(sample.vnet(), superframe, 0);
                Arena arena = Arena.ofConfined()) {
            long slots = arena.allocate(64 * 2048, 64).address() + 64;
            double ns = best(500, () -> {
                int n = segmenter.begin(in.address(), superframe.length);
                for (int i = 0; i < n; i++) {
                    segmenter.next(slots + i * 2048L);
                }
                return n;
            });
            System.out.printf("a segment of %d bytes: %.0f ns%n", gsoSize, ns / sample.segments());
            print(ipv6 ? "TCPv6 superframe" : "TCPv4 superframe", superframe.length, ns);
        }
    }

    private static double best(int times, LongSupplier work) {
        long sink = 0;
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                sink += work.getAsLong();
            }
            least = Math.min(least, System.nanoTime() - start);
        }
        if (sink == 42) {
            System.out.println(); // so that nothing is optimised away
        }
        return (double) least / times;
    }

    private static void print(String what, int bytes, double ns) {
        System.out.printf("%-17s %6d bytes %9.1f ns  %6.1f ns/KiB%n", what, bytes, ns, ns * 1024 / bytes);
    }
}
