package org.ifqd.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.FrameOwner;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One producer: a batch of frames that it sends again and again, and a window. It waits while too many of its frames
 * are on their way, so that every path is measured by the frames that it delivers, and none by how fast it drops.
 */
@State(Scope.Thread)
public class Lane implements FrameOwner {
    private static final int WINDOW = SendPath.CAPACITY / 4;
    private static final int FRAME_BYTES = 60;
    private static final VarHandle RELEASED;

    static {
        try {
            RELEASED = MethodHandles.lookup().findVarHandle(Lane.class, "released", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    FrameBatch batch;

    /**
     * The frames as objects, for queues that can carry nothing else; more than the window, so that none is in use
     * twice.
     */
    BoxedFrame[] boxes;

    int nextBox;
    private long sent;

    @SuppressWarnings("unused") // by RELEASED: written by whoever is in the start routine, read by the producer
    private long released;

    /** Fills the arrays once: a batch that was sent is refilled by setting its count. */
    @Setup
    public void fill(CoreBench bench) {
        batch = new FrameBatch(bench.batch);
        for (int i = 0; i < bench.batch; i++) {
            batch.add(i * 2048L, FRAME_BYTES, 0, this, 0);
        }
        batch.clear();
        boxes = new BoxedFrame[2 * WINDOW];
        for (int i = 0; i < boxes.length; i++) {
            boxes[i] = new BoxedFrame(i * 2048L, FRAME_BYTES, 0, this);
        }
    }

    /** Makes the batch full again, as soon as the window has room for it. */
    void refill() {
        int n = batch.capacity();
        for (int spins = 0; sent + n - (long) RELEASED.getAcquire(this) > WINDOW; spins++) {
            if (spins < 100) {
                Thread.onSpinWait();
            } else {
                Thread.yield(); // more threads than cores
            }
        }
        sent += n;
        batch.count(n);
    }

    BoxedFrame nextBox() {
        int at = nextBox;
        nextBox = at + 1 & boxes.length - 1;
        return boxes[at];
    }

    @Override
    public void release(int token, int frames) {
        RELEASED.setRelease(this, (long) RELEASED.get(this) + frames);
    }
}
