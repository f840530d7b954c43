package org.ifqd.ifq;

/** Counters with one mistake each; see {@link Variant}. */
final class BrokenSerializers {
    private BrokenSerializers() {}

    /**
     * The store of leave may still be on its way when the queue is looked at, and then overtakes a producer's
     * increment.
     *
     * <p>On x86 the window is a few cycles wide as long as the counter is in the cache. Stores leave in order, so one
     * to memory that is not in the cache, just before, holds it open for as long as a cache miss takes: any driver that
     * writes a descriptor, a statistic or a trace there does that, and so does this. A full fence does not care.
     */
    static final class ReleaseLeave extends CounterSerializer {
        private static final long[] TRACE = new long[1 << 23];

        /** Where the next entry goes; all over the array, so that no prefetcher has it ready. */
        private int at = System.identityHashCode(this);

        ReleaseLeave(String name, TaskListSerializer.Monitor monitor) {
            super(name, monitor);
        }

        @Override
        boolean leave() {
            if (STATE.compareAndSet(this, 1, 0)) {
                return true;
            }
            at = at * 1_664_525 + 1_013_904_223;
            TRACE[at >>> 9] = at;
            STATE.setRelease(this, 1);
            return false;
        }
    }

    /** Whoever came while the thread was inside is forgotten. */
    static final class NoSecondLook extends CounterSerializer {
        NoSecondLook(String name, TaskListSerializer.Monitor monitor) {
            super(name, monitor);
        }

        @Override
        boolean leave() {
            STATE.setVolatile(this, 0);
            return true;
        }
    }

    /** Test and set are two steps, and there is nothing that could count. */
    static final class PlainFlag extends CounterSerializer {
        PlainFlag(String name, TaskListSerializer.Monitor monitor) {
            super(name, monitor);
        }

        @Override
        boolean enter() {
            if ((int) STATE.get(this) != 0) {
                return false;
            }
            STATE.set(this, 1);
            return true;
        }

        @Override
        boolean leave() {
            STATE.set(this, 0);
            return true;
        }
    }

    /** Whoever is inside for longer than one look is still there when the ring is unmapped. */
    static final class BarrierOnce extends CounterSerializer {
        BarrierOnce(String name, TaskListSerializer.Monitor monitor) {
            super(name, monitor);
        }

        @Override
        public void barrier() {
            if (state != 0) {
                Thread.onSpinWait();
            }
        }
    }
}
