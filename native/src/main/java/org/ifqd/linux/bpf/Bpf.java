package org.ifqd.linux.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Fd;
import org.ifqd.linux.Libc;

/**
 * bpf(2): programs and their links. Offsets are those of {@code union bpf_attr} in include/uapi/linux/bpf.h, and never
 * change.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class Bpf {
    static final int PROG_TYPE_SCHED_CLS = 3;
    static final int TCX_EGRESS = 47;
    public static final int PROG_TYPE_XDP = 6;
    public static final int XDP = 37;
    public static final int MAP_TYPE_ARRAY = 2;
    public static final int MAP_TYPE_XSKMAP = 17;

    /** In front of all other programs of the hook. */
    static final int F_BEFORE = 1 << 3;

    private static final int MAP_CREATE = 0;
    private static final int MAP_LOOKUP_ELEM = 1;
    private static final int MAP_UPDATE_ELEM = 2;
    private static final int MAP_DELETE_ELEM = 3;
    private static final int PROG_LOAD = 5;
    private static final int LINK_CREATE = 28;
    private static final int ATTR_BYTES = 128; // the kernel wants zeros behind what it knows
    private static final int NAME_BYTES = 15;
    private static final int KEY_BYTES = 4;

    private Bpf() {}

    /**
     * Loads a program, which the kernel proves to be harmless first.
     *
     * @param name up to 15 letters, digits and underscores, as {@code bpftool prog} lists it
     * @throws ErrnoException if the kernel refuses
     */
    public static Fd load(Libc libc, String name, int type, int attachType, long... program) {
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
    public static Fd link(Libc libc, Fd program, int interfaceIndex, String interfaceName, int attachType, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ATTR_BYTES, 8);
            attr.set(ValueLayout.JAVA_INT, 0, program.number());
            attr.set(ValueLayout.JAVA_INT, 4, interfaceIndex);
            attr.set(ValueLayout.JAVA_INT, 8, attachType);
            attr.set(ValueLayout.JAVA_INT, 12, flags);
            return fd(libc, libc.bpf(LINK_CREATE, attr, ATTR_BYTES), "BPF_LINK_CREATE", interfaceName);
        }
    }

    /**
     * Makes a map whose keys are numbers of 4 bytes.
     *
     * @param name up to 15 letters, digits and underscores
     * @param valueBytes of each element
     * @throws ErrnoException if the kernel refuses
     */
    public static Fd map(Libc libc, String name, int type, int valueBytes, int elements) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ATTR_BYTES, 8);
            attr.set(ValueLayout.JAVA_INT, 0, type);
            attr.set(ValueLayout.JAVA_INT, 4, KEY_BYTES);
            attr.set(ValueLayout.JAVA_INT, 8, valueBytes);
            attr.set(ValueLayout.JAVA_INT, 12, elements);
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            MemorySegment.copy(bytes, 0, attr, ValueLayout.JAVA_BYTE, 28, Math.min(bytes.length, NAME_BYTES));
            return fd(libc, libc.bpf(MAP_CREATE, attr, ATTR_BYTES), "BPF_MAP_CREATE", name);
        }
    }

    /** Puts a descriptor into a map. */
    public static void put(Libc libc, Fd map, int key, int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, descriptor);
            ErrnoException.check(
                    element(libc, arena, MAP_UPDATE_ELEM, map, key, value), "BPF_MAP_UPDATE_ELEM", "key " + key, "");
        }
    }

    /** Takes an element out of a map; nothing happens where there is none. */
    public static void remove(Libc libc, Fd map, int key) {
        try (Arena arena = Arena.ofConfined()) {
            int result = element(libc, arena, MAP_DELETE_ELEM, map, key, MemorySegment.NULL);
            if (result != -Errno.ENOENT) {
                ErrnoException.check(result, "BPF_MAP_DELETE_ELEM", "key " + key, "");
            }
        }
    }

    /** Reads an element of 8 bytes. */
    public static long get(Libc libc, Fd map, int key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 8);
            ErrnoException.check(
                    element(libc, arena, MAP_LOOKUP_ELEM, map, key, value), "BPF_MAP_LOOKUP_ELEM", "key " + key, "");
            return value.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private static int element(Libc libc, Arena arena, int command, Fd map, int key, MemorySegment value) {
        MemorySegment attr = arena.allocate(ATTR_BYTES, 8);
        attr.set(ValueLayout.JAVA_INT, 0, map.number());
        attr.set(
                ValueLayout.JAVA_LONG,
                8,
                arena.allocateFrom(ValueLayout.JAVA_INT, key).address());
        attr.set(ValueLayout.JAVA_LONG, 16, value.address());
        return libc.bpf(command, attr, ATTR_BYTES);
    }

    private static Fd fd(Libc libc, int result, String call, String subject) {
        return new Fd(libc, ErrnoException.check(result, call, subject, ""));
    }
}
