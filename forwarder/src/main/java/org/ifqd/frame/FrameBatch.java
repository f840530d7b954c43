package org.ifqd.frame;

/**
 * Up to {@link #capacity} frame references in parallel arrays, allocated once and used for ever.
 *
 * <p><b>Threading:</b> belongs to one thread at a time. <b>Owns:</b> nothing; the references in it are the holder's
 * duty: each must end in a queue, or in exactly one {@link #release}.
 *
 * <p>A reference is: absolute <em>address</em> of the first byte of the Ethernet header; <em>length</em> in bytes
 * without FCS; <em>flags</em>; <em>stamp</em>, when it was received; and <em>owner</em> with its <em>token</em>, to
 * which the memory goes back. Directly in front of every
 * frame lies a {@code struct virtio_net_hdr} (10 bytes), all zero where nothing is known of checksum and segmentation,
 * and both may be written to by whoever holds the reference.
 */
public final class FrameBatch {
    /** The destination address has the group bit: multicast or broadcast. */
    public static final int MULTICAST = 1;

    /** The receive ring has cut the frame; it must not be forwarded. */
    public static final int TRUNCATED = 2;

    /** Marked by whoever decides that the frame goes no further, for {@link #releaseFlagged}. */
    public static final int UNWANTED = 4;

    /** The kernel has counted the frame and not filled its slot: there is nothing to look at, and its length is 0. */
    public static final int UNDESCRIBED = 8;

    /** Received longer ago than the bound. */
    public static final int STALE = 16;

    private final long[] address;
    private final int[] length;
    private final int[] flags;
    private final int[] token;
    private final long[] stampNs;
    private final FrameOwner[] owner;
    private int count;
    private int allFlags;

    /** @param capacity frames, at least 1 */
    public FrameBatch(int capacity) {
        address = new long[capacity];
        length = new int[capacity];
        flags = new int[capacity];
        token = new int[capacity];
        stampNs = new long[capacity];
        owner = new FrameOwner[capacity];
    }

    public int capacity() {
        return address.length;
    }

    /** Frames in the batch. */
    public int count() {
        return count;
    }

    public boolean isFull() {
        return count == address.length;
    }

    /** Appends a reference without a stamp; the batch must not be full. */
    public void add(long frameAddress, int frameLength, int frameFlags, FrameOwner frameOwner, int ownerToken) {
        add(frameAddress, frameLength, frameFlags, frameOwner, ownerToken, 0);
    }

    /**
     * Appends a reference; the batch must not be full.
     *
     * @param frameStampNs when the frame was received, nanoseconds of CLOCK_REALTIME
     */
    public void add(
            long frameAddress,
            int frameLength,
            int frameFlags,
            FrameOwner frameOwner,
            int ownerToken,
            long frameStampNs) {
        int i = count++;
        address[i] = frameAddress;
        length[i] = frameLength;
        flags[i] = frameFlags;
        allFlags |= frameFlags;
        owner[i] = frameOwner;
        token[i] = ownerToken;
        stampNs[i] = frameStampNs;
    }

    public long address(int i) {
        return address[i];
    }

    public int length(int i) {
        return length[i];
    }

    public int flags(int i) {
        return flags[i];
    }

    /** To whom the memory of a frame goes back. */
    public FrameOwner owner(int i) {
        return owner[i];
    }

    /** The number that its owner knows the memory of a frame by. */
    public int token(int i) {
        return token[i];
    }

    /** When the frame was received, nanoseconds of CLOCK_REALTIME; 0 where nobody said. */
    public long stampNs(int i) {
        return stampNs[i];
    }

    /** Adds a flag to a frame. */
    public void flag(int i, int flag) {
        flags[i] |= flag;
        allFlags |= flag;
    }

    /** Sum of the lengths of frames {@code from} to {@code to - 1}. */
    public long bytes(int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += length[i];
        }
        return sum;
    }

    /** How many of the frames {@code from} to {@code to - 1} are multicast or broadcast. */
    public int multicasts(int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += flags[i] & MULTICAST;
        }
        return sum;
    }

    /** Forgets all references without releasing them. */
    public void clear() {
        count = 0;
        allFlags = 0;
    }

    /** Whether any frame that was added since the last {@link #clear} has this flag. */
    public boolean hasAny(int flag) {
        return (allFlags & flag) != 0;
    }

    /**
     * Gives the memory of frames {@code from} to {@code to - 1} back, one call to the owner for each run of frames that
     * share owner and token. The references stay in the batch and are dead.
     */
    public void release(int from, int to) {
        int i = from;
        while (i < to) {
            int end = i + 1;
            while (end < to && token[end] == token[i] && owner[end] == owner[i]) {
                end++;
            }
            owner[i].release(token[i], end - i);
            i = end;
        }
    }

    /**
     * Releases the frames that have a flag and closes the gaps; the others keep their order.
     *
     * @param flag 0 for all frames
     * @return how many were released
     */
    public int releaseFlagged(int flag) {
        int kept = 0;
        int n = count;
        for (int i = 0; i < n; i++) {
            if (flag == 0 || (flags[i] & flag) != 0) {
                owner[i].release(token[i], 1);
            } else {
                copy(this, i, this, kept++, 1);
            }
        }
        count = kept;
        return n - kept;
    }

    /** Copies {@code n} references from {@code source[sourceAt]} to {@code target[targetAt]}; no count is changed. */
    public static void copy(FrameBatch source, int sourceAt, FrameBatch target, int targetAt, int n) {
        System.arraycopy(source.address, sourceAt, target.address, targetAt, n);
        System.arraycopy(source.length, sourceAt, target.length, targetAt, n);
        System.arraycopy(source.flags, sourceAt, target.flags, targetAt, n);
        System.arraycopy(source.token, sourceAt, target.token, targetAt, n);
        System.arraycopy(source.stampNs, sourceAt, target.stampNs, targetAt, n);
        System.arraycopy(source.owner, sourceAt, target.owner, targetAt, n);
    }

    /** Says that the batch holds {@code n} references, after {@link #copy} put them there. */
    public void count(int n) {
        count = n;
    }
}
