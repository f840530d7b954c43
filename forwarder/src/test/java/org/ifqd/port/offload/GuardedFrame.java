package org.ifqd.port.offload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ifqd.linux.packet.VnetHeader;

/**
 * Native memory for a vnet header and a frame between two guard zones, whose content can be chosen: code that reads
 * beyond the frame answers differently with another guard, code that writes there is found out by
 * {@link #assertGuarded}.
 */
final class GuardedFrame implements AutoCloseable {
    private static final int GUARD_BYTES = 256;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory;

    /** The memory as it was at first, to compare with. */
    private final MemorySegment fresh;

    private final int frameBytes;

    /** Room for a frame of this length, filled with the guard's byte as well. */
    GuardedFrame(int frameBytes, int guard) {
        this.frameBytes = frameBytes;
        memory = arena.allocate(2L * GUARD_BYTES + VnetHeader.BYTES + frameBytes);
        memory.fill((byte) guard);
        fresh = arena.allocate(memory.byteSize()).fill((byte) guard);
    }

    static GuardedFrame of(byte[] vnet, byte[] frame, int guard) {
        GuardedFrame guarded = new GuardedFrame(frame.length, guard);
        MemorySegment.copy(vnet, 0, guarded.memory, ValueLayout.JAVA_BYTE, GUARD_BYTES, VnetHeader.BYTES);
        MemorySegment.copy(
                frame, 0, guarded.memory, ValueLayout.JAVA_BYTE, GUARD_BYTES + VnetHeader.BYTES, frame.length);
        return guarded;
    }

    /** Of the Ethernet header. */
    long address() {
        return memory.address() + GUARD_BYTES + VnetHeader.BYTES;
    }

    byte[] vnet() {
        return memory.asSlice(GUARD_BYTES, VnetHeader.BYTES).toArray(ValueLayout.JAVA_BYTE);
    }

    byte[] frame(int bytes) {
        return memory.asSlice(GUARD_BYTES + VnetHeader.BYTES, bytes).toArray(ValueLayout.JAVA_BYTE);
    }

    byte[] frame() {
        return frame(frameBytes);
    }

    void assertGuarded() {
        assertGuarded(frameBytes);
    }

    /** Everything is guard again. */
    void reset() {
        memory.copyFrom(fresh);
    }

    /** That only the vnet header and the first bytes of the frame's room were written. */
    void assertGuarded(int bytes) {
        long end = GUARD_BYTES + VnetHeader.BYTES + bytes;
        assertUntouched(0, GUARD_BYTES);
        assertUntouched(end, memory.byteSize() - end);
    }

    private void assertUntouched(long from, long bytes) {
        MemorySegment expected = fresh.asSlice(from, bytes);
        assertEquals(-1, memory.asSlice(from, bytes).mismatch(expected), "written at " + from + " and the answer");
    }

    @Override
    public void close() {
        arena.close();
    }
}
