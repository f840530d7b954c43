package org.ifqd.linux.xdp;

import org.ifqd.linux.Libc;
import org.ifqd.linux.Mapping;

/**
 * Memory for frames, in chunks of equal size. The kernel writes a received frame at {@link #FRAME_OFFSET} of a chunk;
 * the {@link #HEADROOM} bytes in front of it are ours.
 *
 * <p><b>Threading:</b> any thread. <b>Owns:</b> the mapping: close it after all sockets that use it.
 */
public final class Umem implements AutoCloseable {
    /** Room for a vnet header, and a little for alignment. */
    public static final int HEADROOM = 16;

    /** Where a received frame begins in its chunk. */
    public static final int FRAME_OFFSET = XdpConstants.XDP_PACKET_HEADROOM + HEADROOM;

    private final Mapping mapping;
    private final int chunkShift;
    private final int chunks;

    private Umem(Mapping mapping, int chunkBytes, int chunks) {
        this.mapping = mapping;
        this.chunkShift = Integer.numberOfTrailingZeros(chunkBytes);
        this.chunks = chunks;
    }

    /**
     * Maps the memory.
     *
     * @param chunkBytes 2048 or 4096
     * @param subject what it is for, for an error message
     */
    public static Umem open(Libc libc, int chunks, int chunkBytes, String subject) {
        return new Umem(Mapping.anonymous(libc, (long) chunks * chunkBytes, subject), chunkBytes, chunks);
    }

    public int chunks() {
        return chunks;
    }

    public int chunkBytes() {
        return 1 << chunkShift;
    }

    /** The longest frame that fits into a chunk, bytes without FCS. */
    public int longestFrame() {
        return longestFrame(chunkBytes());
    }

    /** Likewise, of chunks of this size. */
    public static int longestFrame(int chunkBytes) {
        return chunkBytes - FRAME_OFFSET;
    }

    /** Absolute address of the first byte. */
    public long address() {
        return mapping.address();
    }

    /** Bytes in all. */
    public long bytes() {
        return mapping.bytes();
    }

    /** Where a chunk begins, bytes from the begin of the UMEM. */
    public long offset(int chunk) {
        return (long) chunk << chunkShift;
    }

    /** The chunk that an offset lies in, or -1 if it lies in none. */
    public int chunk(long offset) {
        long chunk = offset >>> chunkShift;
        return chunk < chunks ? (int) chunk : -1;
    }

    /** Whether a frame lies within its chunk, behind the headroom. */
    public boolean isWithin(long offset, int bytes) {
        int inChunk = (int) offset & chunkBytes() - 1;
        return inChunk >= HEADROOM && bytes >= 0 && bytes <= chunkBytes() - inChunk;
    }

    @Override
    public void close() {
        mapping.close();
    }
}
