package org.ifqd.linux.control;

import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/** The C library call that asks the group database; conventions as in {@link ControlLibc}. */
public interface GroupLibc {

    /** @see <a href="https://man7.org/linux/man-pages/man3/getgrouplist.3.html">getgrouplist(3)</a> */
    int getgrouplist(String user, int group, @Out int[] groups, @In @Out int[] count);
}
