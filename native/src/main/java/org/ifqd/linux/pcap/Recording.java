package org.ifqd.linux.pcap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.ifqd.linux.Memory;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.Pcaps;

/**
 * The frames of a capture file (pcap or pcapng, whatever libpcap reads), all of them in memory, so that sending them
 * never waits for a disk.
 *
 * <p>A record is a number, to be handed back: {@link #first}, then {@link #next} until it is 0. In memory it is the
 * frame's time, its length and an empty vnet header in front of it.
 *
 * <p><b>Threading:</b> made by one thread; any may read until it is closed. <b>Owns:</b> the memory.
 */
public final class Recording implements AutoCloseable {
    // struct pcap_pkthdr, as in LivePcap
    private static final int PKTHDR_NANOSECONDS = 8;
    private static final int PKTHDR_CAPLEN = 16;
    private static final int PKTHDR_LEN = 20;
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final int DLT_EN10MB = 1;
    private static final int LONGEST_FRAME = 1 << 18; // libpcap's own limit, MAXIMUM_SNAPLEN
    private static final int SHORTEST_FRAME = 14;

    // A record: s64 time or address of the next block, s32 bytes or one of the marks, room for the vnet header, frame.
    private static final int BYTES = 8;
    private static final int FRAME = 24;
    private static final int ALIGNMENT = 8;
    private static final int NEXT_BLOCK = -1;
    private static final int END = -2;
    private static final long BLOCK_BYTES = 16L << 20;

    private final Arena arena = Arena.ofShared();
    private long first;
    private long write;
    private long blockEnd;
    private long memoryBytes;

    private long frames;
    private long truncated;
    private long noFrames;
    private long firstNs;
    private long lastNs;
    private String damage = "";

    private Recording() {}

    /**
     * Reads a file.
     *
     * @param mostBytes of memory
     * @throws PcapException in one line: no such file, no capture, not Ethernet, too large
     */
    public static Recording read(Path file, long mostBytes) {
        PcapHandle handle =
                Libpcap.call(file.toString(), () -> Pcaps.openOffline(file.toString(), TimestampPrecision.NANO));
        Recording recording = new Recording();
        try {
            if (handle.getDlt().value() != DLT_EN10MB) {
                throw new PcapException(
                        file + " is a capture of " + handle.getDlt().name() + ", not of Ethernet", null);
            }
            recording.readAll(file, handle, mostBytes);
            return recording;
        } catch (RuntimeException | Error e) {
            recording.close();
            throw e;
        } finally {
            handle.close();
        }
    }

    private void readAll(Path file, PcapHandle handle, long mostBytes) {
        long pcap = PcapCalls.address(handle);
        MemorySegment found = Arena.ofAuto().allocate(2 * Long.BYTES, Long.BYTES);
        int result;
        while ((result = PcapCalls.nextEx(pcap, found.address(), found.address() + Long.BYTES)) == 1) {
            long header = Memory.getLong(found.address());
            int captured = Memory.getInt(header + PKTHDR_CAPLEN);
            if (captured < SHORTEST_FRAME || captured > LONGEST_FRAME) {
                noFrames++;
            } else if (Integer.compareUnsigned(captured, Memory.getInt(header + PKTHDR_LEN)) < 0) {
                truncated++;
            } else {
                long timeNs = Memory.getLong(header) * NS_PER_SECOND + Memory.getLong(header + PKTHDR_NANOSECONDS);
                add(timeNs, Memory.getLong(found.address() + Long.BYTES), captured);
            }
            if (memoryBytes > mostBytes) {
                throw new PcapException(
                        file + " does not fit into " + mostBytes
                                + " bytes of memory; give more by --memory, or cut it, for example by editcap -r",
                        null);
            }
        }
        if (result == -1) {
            damage = error(handle);
        }
        end(END, 0);
    }

    private static String error(PcapHandle handle) {
        try {
            return handle.getError().strip();
        } catch (NotOpenException e) {
            throw new AssertionError(e);
        }
    }

    private void add(long timeNs, long frame, int captured) {
        long room = FRAME + captured + ALIGNMENT & -ALIGNMENT;
        if (write + room + FRAME > blockEnd) {
            MemorySegment block = arena.allocate(BLOCK_BYTES, ALIGNMENT);
            memoryBytes += BLOCK_BYTES;
            if (write == 0) {
                first = block.address();
                firstNs = timeNs;
            } else {
                end(NEXT_BLOCK, block.address());
            }
            write = block.address();
            blockEnd = write + BLOCK_BYTES;
        }
        Memory.putLong(write, timeNs);
        Memory.putInt(write + BYTES, captured);
        Memory.copy(frame, write + FRAME, captured);
        write += room;
        frames++;
        lastNs = Math.max(lastNs, timeNs);
    }

    private void end(int mark, long next) {
        if (write != 0) {
            Memory.putLong(write, next);
            Memory.putInt(write + BYTES, mark);
        }
    }

    /** The first record; 0 if there is none. */
    public long first() {
        return first;
    }

    /** The record after one; 0 if it was the last. */
    public long next(long record) {
        long next = record + (FRAME + bytes(record) + ALIGNMENT & -ALIGNMENT);
        return switch (bytes(next)) {
            case END -> 0;
            case NEXT_BLOCK -> Memory.getLong(next);
            default -> next;
        };
    }

    /** When the frame was captured: nanoseconds since 1970, not in order in every file. */
    public long timeNs(long record) {
        return Memory.getLong(record);
    }

    /** Length of the frame. */
    public int bytes(long record) {
        return Memory.getInt(record + BYTES);
    }

    /** Address of the Ethernet header; an empty vnet header lies directly in front. */
    public long frame(long record) {
        return record + FRAME;
    }

    public long frames() {
        return frames;
    }

    /** Frames that are not here because the capture has only their beginning (snaplen). */
    public long truncated() {
        return truncated;
    }

    /** Records that are not here because they are no Ethernet frame. */
    public long noFrames() {
        return noFrames;
    }

    /** From the first frame's time to the latest one, nanoseconds. */
    public long durationNs() {
        return frames == 0 ? 0 : Math.max(0, lastNs - firstNs);
    }

    /** What libpcap says of a file that ends in the midst of a record, or is damaged; empty for a whole one. */
    public String damage() {
        return damage;
    }

    @Override
    public void close() {
        arena.close();
    }
}
