package org.ifqd.linux;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The owner of one file descriptor.
 *
 * <p><b>Threading:</b> {@link #close} may be called from any thread, more than once, and closes exactly once. Nobody
 * may be inside a call on the descriptor when it is closed: its number can be given to another file at once.
 */
public final class Fd implements AutoCloseable {
    private final Libc libc;
    private final int number;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes over an open descriptor. */
    public Fd(Libc libc, int number) {
        this.libc = libc;
        this.number = number;
    }

    /** The descriptor's number, for a system call. */
    public int number() {
        return number;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            libc.close(number); // Linux has released the number even where close reports an error
        }
    }
}
