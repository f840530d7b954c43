package org.ifqd.linux.pcap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A compiled filter for frames in memory.
 *
 * <p><b>Threading:</b> any thread, several at once. <b>Allocation:</b> none after construction.
 */
public final class FrameFilter {
    /** Keeps the program reachable; freed by the collector. */
    private final MemorySegment program;

    FrameFilter(long[] instructions) {
        program = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, instructions);
    }

    /** Whether the whole frame at this address matches. */
    public boolean matches(long frame, int bytes) {
        return PcapCalls.bpfFilter(program.address(), frame, bytes) != 0;
    }
}
