package org.ifqd.frame;

/**
 * Who owns the memory that frame references point to: a receive ring, a UMEM, a pool.
 *
 * <p><b>Threading:</b> {@link #release} is called from any thread, also from several at once, outside of all queue
 * locks.
 */
public interface FrameOwner {

    /**
     * Takes frames back: they have left, or were dropped, and nobody will look at their memory again. Called exactly
     * once for each frame. Must not block and must not throw.
     *
     * @param token what the owner gave out with the frames (for a receive ring: the block)
     * @param frames how many frames of this token
     */
    void release(int token, int frames);
}
