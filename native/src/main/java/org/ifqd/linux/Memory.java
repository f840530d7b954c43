package org.ifqd.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Native memory by absolute address, for rings that are mapped for the life of a port.
 *
 * <p><b>Danger:</b> nothing checks that the address is mapped. An access after munmap is a SIGSEGV of the process,
 * which is why a port is brought down behind a start barrier. Values are in the machine's byte order unless the name
 * says
 * {@code BigEndian}.
 *
 * <p><b>Threading:</b> any thread; {@code loadAcquire} and {@code storeRelease} are for words shared with the kernel
 * and need natural alignment.
 */
public final class Memory {
    private static final MemorySegment ALL = all();
    private static final VarHandle INT = JAVA_INT.varHandle();
    private static final ValueLayout.OfShort SHORT_BIG_ENDIAN = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT_BIG_ENDIAN = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Memory() {}

    @SuppressWarnings("restricted")
    private static MemorySegment all() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    /** Memory as a buffer, for channels; whoever holds it has to be done before the memory is unmapped. Allocates. */
    public static ByteBuffer buffer(long address, int bytes) {
        return segment(address, bytes).asByteBuffer();
    }

    public static byte getByte(long address) {
        return ALL.get(JAVA_BYTE, address);
    }

    public static void putByte(long address, byte value) {
        ALL.set(JAVA_BYTE, address, value);
    }

    /** An unsigned 16-bit value. */
    public static int getShort(long address) {
        return ALL.get(JAVA_SHORT_UNALIGNED, address) & 0xffff;
    }

    public static void putShort(long address, int value) {
        ALL.set(JAVA_SHORT_UNALIGNED, address, (short) value);
    }

    public static int getInt(long address) {
        return ALL.get(JAVA_INT_UNALIGNED, address);
    }

    public static void putInt(long address, int value) {
        ALL.set(JAVA_INT_UNALIGNED, address, value);
    }

    public static long getLong(long address) {
        return ALL.get(JAVA_LONG_UNALIGNED, address);
    }

    public static void putLong(long address, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, address, value);
    }

    /** An unsigned 16-bit value in network byte order. */
    public static int getShortBigEndian(long address) {
        return ALL.get(SHORT_BIG_ENDIAN, address) & 0xffff;
    }

    public static void putShortBigEndian(long address, int value) {
        ALL.set(SHORT_BIG_ENDIAN, address, (short) value);
    }

    public static int getIntBigEndian(long address) {
        return ALL.get(INT_BIG_ENDIAN, address);
    }

    public static void putIntBigEndian(long address, int value) {
        ALL.set(INT_BIG_ENDIAN, address, value);
    }

    /** Reads a word that another party stores with release: what it wrote before is visible after this. */
    public static int loadAcquire(long address) {
        return (int) INT.getAcquire(ALL, address);
    }

    /** Writes a word that another party loads with acquire: what we wrote before is visible to it then. */
    public static void storeRelease(long address, int value) {
        INT.setRelease(ALL, address, value);
    }

    /** memmove(3): the ranges may overlap. */
    public static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    public static void fill(long address, long bytes, byte value) {
        ALL.asSlice(address, bytes).fill(value);
    }

    /** Absolute address of the first byte of a direct buffer, valid while the buffer is reachable. */
    public static long addressOf(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct).address() - direct.position();
    }

    /** A checked window on native memory, for tests and for arguments of system calls. */
    public static MemorySegment segment(long address, long bytes) {
        return ALL.asSlice(address, bytes);
    }
}
