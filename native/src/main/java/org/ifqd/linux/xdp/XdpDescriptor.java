package org.ifqd.linux.xdp;

import org.ifqd.linux.Memory;

/** An element of a receive ring, as {@link XdpRing#take} answers it: {@code struct xdp_desc}. */
public final class XdpDescriptor {
    private XdpDescriptor() {}

    /** Where the frame begins, bytes from the begin of the UMEM; not checked. */
    public static long offset(long descriptor) {
        return Memory.getLong(descriptor + XdpConstants.DESC_ADDR);
    }

    /** Bytes of the frame; not checked. */
    public static int bytes(long descriptor) {
        return Memory.getInt(descriptor + XdpConstants.DESC_LEN);
    }
}
