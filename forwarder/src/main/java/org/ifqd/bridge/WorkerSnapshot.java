package org.ifqd.bridge;

/**
 * The counters of one receive worker at a moment.
 *
 * @param name of its thread
 * @param frames read from its ring, and forwarded or dropped
 * @param bytes their bytes, without FCS
 * @param batches that they came in
 * @param wakeUps how often it was woken from its sleep, by frames or because somebody looked at it
 * @param kernelDrops frames that the kernel dropped in front of its ring for want of room
 * @param threadId of its thread, 0 for none
 */
public record WorkerSnapshot(
        String name,
        State state,
        long frames,
        long bytes,
        long batches,
        long wakeUps,
        long kernelDrops,
        long threadId) {

    /** The activity of a worker at a moment. */
    public enum State {
        /** Not started yet. */
        NEW,
        /** Reads frames, or looks for some. */
        AWAKE,
        /** Waits for frames in the kernel. */
        ASLEEP,
        /** Never sleeps, as it was asked to. */
        POLLING,
        /** Its thread has ended. */
        ENDED
    }

    /** With what the worker had done that was in its place before. */
    public WorkerSnapshot plus(WorkerSnapshot before) {
        return new WorkerSnapshot(
                name,
                state,
                frames + before.frames,
                bytes + before.bytes,
                batches + before.batches,
                wakeUps + before.wakeUps,
                kernelDrops + before.kernelDrops,
                threadId);
    }
}
