package org.ifqd.port.xdp;

import org.ifqd.linux.ErrnoException;

/** An interface cannot send and receive without a copy. Where the pair can live with one, it is opened anew so. */
public final class ZeroCopyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrnoException refusal;

    ZeroCopyException(String call, String interfaceName, int errno) {
        this(new ErrnoException(
                call,
                interfaceName,
                errno,
                "its driver cannot do it, or not with these queues and this MTU; leave --zero-copy on away"));
    }

    private ZeroCopyException(ErrnoException refusal) {
        super(refusal);
        this.refusal = refusal;
    }

    /** What the kernel said. */
    public ErrnoException refusal() {
        return refusal;
    }
}
