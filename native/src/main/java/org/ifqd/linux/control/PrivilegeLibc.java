package org.ifqd.linux.control;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.annotations.Variadic;

/**
 * The C library calls about privileges and memory; conventions as in {@link ControlLibc}. They act on the calling
 * thread.
 */
public interface PrivilegeLibc {

    /** @see <a href="https://man7.org/linux/man-pages/man2/prctl.2.html">prctl(2)</a> */
    @Variadic(fixedCount = 1)
    int prctl(int option, long arg2, long arg3, long arg4, long arg5);

    /** @see <a href="https://man7.org/linux/man-pages/man2/capget.2.html">capget(2)</a> */
    int capget(@In Pointer header, @Out Pointer data);

    /** @see <a href="https://man7.org/linux/man-pages/man2/capset.2.html">capset(2)</a> */
    int capset(@In Pointer header, @In Pointer data);

    /** Of the whole process. @see <a href="https://man7.org/linux/man-pages/man2/mlock.2.html">mlockall(2)</a> */
    int mlockall(int flags);
}
