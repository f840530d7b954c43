package org.ifqd.linux.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Fd;
import org.ifqd.linux.Libc;

/**
 * bpf(2): programs and their links. Offsets are those of {@code union bpf_attr} in include/uapi/linux/bpf.h, and never
 * change.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Bpf {
    static final int PROG_TYPE_SCHED_CLS = 3;
    static final int TCX_EGRESS = 47;

    /** In front of all other programs of the hook. */
    static final int F_BEFORE = 1 << 3;

    private static final int PROG_LOAD = 5;
    private static final int LINK_CREATE = 28;
    private static final int ATTR_BYTES = 128; // the kernel wants zeros behind what it knows
    private static final int NAME_BYTES = 15;

    private Bpf() {}

    /**
     * Loads a program, which the kernel proves to be harmless first.
     *
     * @param name up to 15 letters, digits and underscores, as {@code bpftool prog} lists it
     * @throws ErrnoException if the kernel refuses
     */
    static Fd load(Libc libc, String name, int type, int attachType, long... program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ATTR_BYTES, 8);
            attr.set(ValueLayout.JAVA_INT, 0, type);
            attr.set(ValueLayout.JAVA_INT, 4, program.length);
            attr.set(
                    ValueLayout.JAVA_LONG,
                    8,
                    arena.allocateFrom(ValueLayout.JAVA_LONG, program).address());
            attr.set(ValueLayout.JAVA_LONG, 16, arena.allocateFrom("GPL").address());
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            MemorySegment.copy(bytes, 0, attr, ValueLayout.JAVA_BYTE, 48, Math.min(bytes.length, NAME_BYTES));
            attr.set(ValueLayout.JAVA_INT, 68, attachType);
            return fd(libc, libc.bpf(PROG_LOAD, attr, ATTR_BYTES), "BPF_PROG_LOAD", name);
        }
    }

    /**
     * Attaches a program to an interface until the link's descriptor is closed, however that comes.
     *
     * @throws ErrnoException if the kernel refuses
     */
    static Fd link(Libc libc, Fd program, int interfaceIndex, String interfaceName, int attachType, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ATTR_BYTES, 8);
            attr.set(ValueLayout.JAVA_INT, 0, program.number());
            attr.set(ValueLayout.JAVA_INT, 4, interfaceIndex);
            attr.set(ValueLayout.JAVA_INT, 8, attachType);
            attr.set(ValueLayout.JAVA_INT, 12, flags);
            return fd(libc, libc.bpf(LINK_CREATE, attr, ATTR_BYTES), "BPF_LINK_CREATE", interfaceName);
        }
    }

    private static Fd fd(Libc libc, int result, String call, String subject) {
        return new Fd(libc, ErrnoException.check(result, call, subject, ""));
    }
}
