package org.ifqd.port.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.ifqd.frame.FrameBatch;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.Memory;
import org.ifqd.linux.lab.FakeLibc;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.RxRing;
import org.ifqd.port.FrameAge;
import org.ifqd.port.PortOptions;
import org.ifqd.port.PortTaps;
import org.ifqd.port.Qdisc;
import org.ifqd.port.WorkerWait;
import org.junit.jupiter.api.Test;

/**
 * A receive ring in which anything may stand: blocks of sound slots, changed at random places. Whatever it says, no
 * frame reaches out of its block, every block is left, and every reference is given back once. {@code -Difqd.seed=S}
 * repeats.
 */
class HostileRingTest {
    private static final int MUTATIONS = 1_000_000;
    private static final int BLOCK_BYTES = 4096;
    private static final int BLOCKS = 4;
    private static final int SLOT_BYTES = 256;
    private static final int SLOTS = (BLOCK_BYTES - 48) / SLOT_BYTES;
    private static final int MAC = 100;

    // struct tpacket_block_desc and struct tpacket3_hdr
    private static final int BLOCK_STATUS = 8;
    private static final int BLOCK_NUM_PKTS = 12;
    private static final int BLOCK_OFFSET_TO_FIRST = 16;
    private static final int BLOCK_LEN = 20;
    private static final int[] FIELDS = {0, 12, 16, 20, 24, 26, 28, 32, 36, 48};

    private static final int[] NASTY = {
        0,
        1,
        -1,
        4,
        8,
        14,
        47,
        48,
        68,
        72,
        80,
        82,
        86,
        255,
        4000,
        4095,
        4096,
        4097,
        65535,
        65536,
        0xfffc0000,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE,
        0x00010001
    };

    /** Frames of any age: stamps are random. */
    private static final PortOptions OPTIONS = new PortOptions(1, 512 << 10, 16, 16, List.of(), true, Qdisc.BYPASS, 0);

    private final long seed = Long.getLong("ifqd.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final FrameBatch batch = new FrameBatch(256);
    private long base;

    private final FakeLibc libc = new FakeLibc() {
        @Override
        public long mmap(long address, long bytes, int protection, int flags, int fd, long offset) {
            base = super.mmap(address, bytes, protection, flags, fd, offset);
            return base;
        }
    };

    private long frames;
    private long undescribed;

    @Test
    void nothingReachesOutOfItsBlock() {
        try (PacketSocket socket = PacketSocket.open(libc, "eth7");
                RxRing ring = RxRing.open(socket, BLOCK_BYTES, BLOCKS);
                EventFd wakeUp = new EventFd(libc, "wake-up")) {
            PacketReceiver receiver = new PacketReceiver(
                    socket,
                    ring,
                    null,
                    new WorkerWait(libc, wakeUp, OPTIONS, 0),
                    new FrameAge(libc, OPTIONS.maxAgeMs()),
                    new PortTaps().in());
            for (int mutations = 0; mutations < MUTATIONS; ) {
                int number = ring.current();
                long block = base + (long) number * BLOCK_BYTES;
                fill(block);
                int n = random.nextInt(6);
                for (int i = 0; i < n; i++) {
                    mutate(block);
                }
                mutations += n;
                if (random.nextBoolean()) {
                    take(receiver); // while the kernel still fills the block, as far as it was zeroed
                }
                Memory.storeRelease(block + BLOCK_STATUS, 1);
                for (int turns = 0; ring.current() == number; turns++) {
                    assertTrue(turns < 3, () -> "block not left, " + where());
                    take(receiver);
                }
                assertEquals(0, Memory.loadAcquire(block + BLOCK_STATUS), () -> "block not given back, " + where());
            }
        }
        assertTrue(frames > MUTATIONS / 10 && undescribed > MUTATIONS / 100, frames + " frames, " + undescribed);
    }

    private String where() {
        return "-Difqd.seed=" + seed;
    }

    private void take(PacketReceiver receiver) {
        receiver.receive(batch);
        for (int i = 0; i < batch.count(); i++) {
            boolean described = (batch.flags(i) & FrameBatch.UNDESCRIBED) == 0;
            frames += described ? 1 : 0;
            undescribed += described ? 0 : 1;
            long first = batch.address(i) - (described ? 10 : 0);
            long end = batch.address(i) + batch.length(i);
            long blockOfFirst = (first - base) / BLOCK_BYTES;
            assertTrue(
                    first >= base && blockOfFirst == (end - 1 - base) / BLOCK_BYTES && blockOfFirst < BLOCKS,
                    this::where);
            assertTrue(!described || batch.length(i) >= 14, this::where);
        }
        batch.release(0, batch.count());
        batch.clear();
    }

    private void fill(long block) {
        int slots = 1 + random.nextInt(SLOTS);
        Memory.putInt(block + BLOCK_NUM_PKTS, slots);
        Memory.putInt(block + BLOCK_OFFSET_TO_FIRST, 48);
        Memory.putInt(block + BLOCK_LEN, 48 + slots * SLOT_BYTES);
        for (int i = 0; i < slots; i++) {
            long slot = block + 48 + (long) i * SLOT_BYTES;
            int bytes = 14 + random.nextInt(SLOT_BYTES - MAC - 14);
            Memory.putInt(slot, i + 1 == slots ? 0 : SLOT_BYTES);
            Memory.putInt(slot + 12, bytes);
            Memory.putInt(slot + 16, bytes);
            Memory.putInt(slot + 20, random.nextInt(8) == 0 ? 0 : 1 | random.nextInt(2) << 4);
            Memory.putShort(slot + 24, MAC);
            Memory.putShort(slot + 48, 17);
        }
    }

    private void mutate(long block) {
        int value = random.nextBoolean() ? NASTY[random.nextInt(NASTY.length)] : random.nextInt();
        if (random.nextInt(8) == 0) {
            Memory.putInt(block + BLOCK_NUM_PKTS + 4L * random.nextInt(3), value);
        } else if (random.nextInt(8) == 0) {
            Memory.putInt(block + 48 + random.nextInt(BLOCK_BYTES - 52), value);
        } else {
            long slot = block + 48 + (long) random.nextInt(SLOTS) * SLOT_BYTES;
            Memory.putInt(slot + FIELDS[random.nextInt(FIELDS.length)], value);
        }
    }
}
