package org.ifqd.linux.control;

import jnr.ffi.annotations.Variadic;

/** The C library calls that enter a network namespace; conventions as in {@link ControlLibc}. */
public interface NamespaceLibc {

    /** @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a> */
    @Variadic(fixedCount = 2)
    int open(String path, int flags);

    /** @see <a href="https://man7.org/linux/man-pages/man2/setns.2.html">setns(2)</a> */
    int setns(int fd, int type);

    /** @see <a href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</a> */
    int close(int fd);
}
