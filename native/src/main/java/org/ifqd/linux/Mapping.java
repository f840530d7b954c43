package org.ifqd.linux;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The owner of one mmap(2): a ring that is shared with the kernel, or memory of our own.
 *
 * <p><b>Threading:</b> {@link #close} from any thread, unmaps exactly once. Whoever closes has made sure that no thread
 * still uses an address of it.
 */
public final class Mapping implements AutoCloseable {
    private static final int PROT_READ_WRITE = 0x3;
    private static final int MAP_SHARED = 0x01;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_POPULATE = 0x8000;

    private final Libc libc;
    private final long address;
    private final long bytes;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Mapping(Libc libc, long address, long bytes) {
        this.libc = libc;
        this.address = address;
        this.bytes = bytes;
    }

    /**
     * Maps a descriptor, shared, readable and writable, with all pages present from the start.
     *
     * @param subject what is mapped, for the error message
     */
    public static Mapping of(Libc libc, int fd, long bytes, String subject) {
        return of(libc, fd, bytes, 0, subject);
    }

    /** The same, of one of the several rings of a socket, which the offset tells. */
    public static Mapping of(Libc libc, int fd, long bytes, long offset, String subject) {
        return map(libc, fd, bytes, MAP_SHARED | MAP_POPULATE, offset, subject);
    }

    /**
     * Maps memory of our own, zero, whose pages come as they are written to. The JVM's limits for direct buffers do not
     * count it.
     *
     * @param subject what it is for, for the error message
     */
    public static Mapping anonymous(Libc libc, long bytes, String subject) {
        return map(libc, -1, bytes, MAP_PRIVATE | MAP_ANONYMOUS, 0, subject);
    }

    private static Mapping map(Libc libc, int fd, long bytes, int flags, long offset, String subject) {
        long at = libc.mmap(0, bytes, PROT_READ_WRITE, flags, fd, offset);
        if (at < 0 && at >= -4095) {
            int errno = (int) -at;
            boolean isMemory = errno == Errno.ENOMEM || errno == Errno.EAGAIN; // the latter for a limit, mmap(2)
            String cure = isMemory ? bytes + " bytes do not fit in memory; use smaller rings" : "";
            throw new ErrnoException("mmap", subject, errno, cure);
        }
        return new Mapping(libc, at, bytes);
    }

    /** Absolute address of the first byte. */
    public long address() {
        return address;
    }

    /** Length in bytes. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            libc.munmap(address, bytes);
        }
    }
}
