package org.ifqd.linux.control;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.annotations.Variadic;

/**
 * The C library calls of the control plane, under their C names. jnr-ffi writes the implementation, for which the
 * interface has to be public.
 *
 * <p><b>Result:</b> C's own, -1 on failure; the errno is then in {@code Runtime.getSystemRuntime().getLastError()} of
 * the same thread, until its next call.
 *
 * <p><b>Threading:</b> any thread.
 */
public interface ControlLibc {

    /** @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a> */
    int socket(int domain, int type, int protocol);

    /** @see <a href="https://man7.org/linux/man-pages/man2/ioctl.2.html">ioctl(2)</a> */
    @Variadic(fixedCount = 2)
    int ioctl(int fd, long request, @In @Out Pointer argument);

    /** @see <a href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</a> */
    int close(int fd);
}
