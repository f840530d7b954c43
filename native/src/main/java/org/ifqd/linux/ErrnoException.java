package org.ifqd.linux;

/**
 * A system call failed at set-up. The message reads {@code CALL SUBJECT: ERRNO; CURE}; never thrown on the data path.
 */
public final class ErrnoException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param call what was called, for example {@code "bind AF_PACKET"}
     * @param subject what it was called on, for example the interface's name
     * @param errno the positive error number
     * @param cure what the user can do; empty: what usually helps against this error
     */
    public ErrnoException(String call, String subject, int errno, String cure) {
        super(message(call, subject, errno, cure.isEmpty() ? Errno.cure(errno) : cure));
        this.errno = errno;
    }

    private static String message(String call, String subject, int errno, String cure) {
        return call + " " + subject + ": " + Errno.name(errno) + (cure.isEmpty() ? "" : "; " + cure);
    }

    /** The positive error number. */
    public int errno() {
        return errno;
    }

    /** Passes a good result on and throws for a negative one; see {@link Libc} for the convention. */
    public static int check(int result, String call, String subject, String cure) {
        if (result < 0) {
            throw new ErrnoException(call, subject, -result, cure);
        }
        return result;
    }
}
