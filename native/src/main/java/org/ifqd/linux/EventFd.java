package org.ifqd.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A wake-up for a thread that sleeps in poll: a counter that poll sees as readable while it is not zero.
 *
 * <p><b>Threading:</b> {@link #signal} from any thread, one system call, never blocks. {@link #clear} by the woken
 * thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</a>
 */
public final class EventFd implements AutoCloseable {
    private static final int EFD_CLOEXEC = 0x80000;
    private static final int EFD_NONBLOCK = 0x800;
    private static final MemorySegment ONE = Arena.global().allocateFrom(ValueLayout.JAVA_LONG, 1L);

    private static final int TRIES = 100;

    private final Libc libc;
    private final Fd fd;
    private final MemorySegment count = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);

    /** @param subject what it is for, for the error message */
    public EventFd(Libc libc, String subject) {
        this.libc = libc;
        this.fd =
                new Fd(libc, ErrnoException.check(libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd", subject, ""));
    }

    public int number() {
        return fd.number();
    }

    /**
     * Makes the descriptor readable until the next {@link #clear}. Tried again where the kernel refuses: nobody would
     * repeat a wake-up that is lost, and a port would stay oactive for ever.
     */
    public void signal() {
        for (int tries = 0; tries < TRIES && libc.write(fd.number(), ONE, 8) != 8; tries++) {
            Thread.onSpinWait();
        }
    }

    /** Forgets all signals so far. */
    public void clear() {
        libc.read(fd.number(), count, 8);
    }

    @Override
    public void close() {
        fd.close();
    }
}
