package org.ifqd.linux.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;

/**
 * A classic BPF program that the kernel runs for each frame before it hands it to a packet socket.
 *
 * <p><b>Threading:</b> immutable.
 *
 * @see <a href="https://docs.kernel.org/networking/filter.html">the kernel on socket filters</a>
 */
public final class SocketFilter {
    /** Lets nothing through. */
    public static final SocketFilter NONE = new SocketFilter("none", instruction(PacketConstants.BPF_RET_K, 0, 0, 0));

    private static final int LONGEST = 4096; // BPF_MAXINSNS
    private static final int ORDINARY_LENGTH = 64; // the kernel always has room for
    private static final int WHOLE_FRAME = 1 << 20; // longer than any, BIG TCP with 524,280 bytes as well
    private static final int JUMP_TRUE_BITS = 16;
    private static final int JUMP_FALSE_BITS = 24;

    /**
     * Frames that leave through the interface are filtered out here as well as by PACKET_IGNORE_OUTGOING, because a
     * fanout group does not heed its members' option, and has a flag of its own only since Linux 6.2.
     */
    private static final long[] DROP_OUTGOING = {
        instruction(PacketConstants.BPF_LD_W_ABS, 0, 0, PacketConstants.SKF_AD_PKTTYPE),
        instruction(PacketConstants.BPF_JEQ_K, 0, 1, PacketConstants.PACKET_OUTGOING),
        instruction(PacketConstants.BPF_RET_K, 0, 0, 0)
    };

    /** Lets all frames through that come in, whole. */
    public static final SocketFilter INCOMING =
            incoming(new long[] {instruction(PacketConstants.BPF_RET_K, 0, 0, WHOLE_FRAME)});

    private final String name;
    private final long[] instructions;

    private SocketFilter(String name, long... instructions) {
        this.name = name;
        this.instructions = instructions;
    }

    /**
     * Lets those frames through, whole, that come in and match. All jumps of a program are relative, so it can stand
     * behind another.
     *
     * @param program {@code struct sock_filter} each, as little-endian memory has it; it must return a constant: 0, or
     *     for a frame that matches any other; libpcap keeps 256 KiB at most
     * @throws IllegalArgumentException when it is too long for the kernel
     */
    public static SocketFilter incoming(long[] program) {
        long[] all = new long[DROP_OUTGOING.length + program.length];
        if (all.length > LONGEST) {
            throw new IllegalArgumentException("the filter has " + program.length + " instructions; the kernel takes "
                    + (LONGEST - DROP_OUTGOING.length));
        }
        System.arraycopy(DROP_OUTGOING, 0, all, 0, DROP_OUTGOING.length);
        System.arraycopy(keeping(program, WHOLE_FRAME), 0, all, DROP_OUTGOING.length, program.length);
        return new SocketFilter("incoming", all);
    }

    /**
     * A test of one place of a frame.
     *
     * @param offset bytes from the first one of the Ethernet header, as the kernel has the frame: without the outer
     *     tag, if it is stripped
     * @param value the four bytes there, the first one highest
     */
    public record Word(int offset, int value) {}

    /** Lets those frames through, whole, that come in and have at least one of these, in the order of their offsets. */
    public static SocketFilter incomingWithAny(List<Word> words) {
        int n = words.size();
        long[] program = new long[2 * n + 2];
        for (int i = 0; i < n; i++) {
            Word word = words.get(i);
            int toTheEnd = 2 * (n - i) - 1; // over the rest and the instruction that rejects
            program[2 * i] =
                    instruction(PacketConstants.BPF_LD_W_ABS, 0, 0, word.offset()); // of a shorter frame: rejects it
            program[2 * i + 1] = instruction(PacketConstants.BPF_JEQ_K, toTheEnd, 0, word.value());
        }
        program[2 * n] = instruction(PacketConstants.BPF_RET_K, 0, 0, 0);
        program[2 * n + 1] = instruction(PacketConstants.BPF_RET_K, 0, 0, WHOLE_FRAME);
        return incoming(program);
    }

    /** The same choice of frames, but only the first byte of each. */
    SocketFilter firstByte() {
        return new SocketFilter(name + ", one byte", keeping(instructions, 1));
    }

    /** The program with so many bytes kept of a frame that matches. */
    private static long[] keeping(long[] program, int bytes) {
        long[] all = program.clone();
        for (int i = 0; i < all.length; i++) {
            if ((all[i] & 0xffff) == PacketConstants.BPF_RET_K && all[i] >>> Integer.SIZE != 0) {
                all[i] = instruction(PacketConstants.BPF_RET_K, 0, 0, bytes);
            }
        }
        return all;
    }

    /**
     * {@code struct sock_filter} as one number: code, jt, jf, k from the lowest bits up, as little-endian memory has
     * it.
     */
    private static long instruction(int code, int jumpTrue, int jumpFalse, int k) {
        return code
                | (long) jumpTrue << JUMP_TRUE_BITS
                | (long) jumpFalse << JUMP_FALSE_BITS
                | (long) k << Integer.SIZE;
    }

    /**
     * Puts the program in the place of the one before, at one moment for all frames.
     *
     * @param socket descriptor of a packet socket
     * @param interfaceName for the error message
     */
    public void attach(Libc libc, int socket, String interfaceName) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment program = arena.allocate(PacketLayouts.FPROG_BYTES, 8);
            program.set(ValueLayout.JAVA_SHORT, 0, (short) instructions.length);
            MemorySegment code =
                    arena.allocateFrom(ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN), instructions);
            program.set(ValueLayout.ADDRESS, PacketLayouts.FPROG_FILTER, code);
            int result = libc.setsockopt(
                    socket,
                    PacketConstants.SOL_SOCKET,
                    PacketConstants.SO_ATTACH_FILTER,
                    program,
                    PacketLayouts.FPROG_BYTES);
            boolean tooLong = result == -Errno.ENOMEM && instructions.length > ORDINARY_LENGTH;
            String cure = tooLong ? "a filter this long needs a larger net.core.optmem_max" : "";
            ErrnoException.check(result, "setsockopt SO_ATTACH_FILTER (" + name + ")", interfaceName, cure);
        }
    }
}
