package org.ifqd.linux.pcap;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.SocketFilter;
import org.pcap4j.core.BpfProgram;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;
import org.pcap4j.packet.namednumber.DataLinkType;

/**
 * Compiles filter expressions, pcap-filter(7).
 *
 * <p>Where the VLAN tag is decides how {@code vlan} compiles. The kernel has taken the tag out of a frame before a
 * socket's filter sees it, so for sockets the expression is compiled on a live handle, where libpcap asks the kernel
 * for the tag (SKF_AD_VLAN_TAG). A frame that ifqd holds has its tag in place, so for those a handle without an
 * interface does.
 *
 * <p><b>Threading:</b> any thread; libpcap's compiler has been re-entrant since 1.8.
 */
public final class FilterCompiler {
    /**
     * Longest expression, characters: some 200 hosts. libpcap recurses, and its optimizer takes 0.3 s for that and 20 s
     * for five times as much.
     */
    public static final int LONGEST = 4096;

    static final int SNAP_BYTES = 1 << 18;

    /** Of the thread that libpcap runs on: a stack that overflows in native code ends the process. */
    private static final long STACK_BYTES = 32 << 20;

    private static final int SMALL_BUFFER_BYTES = 1 << 20;
    private static final int INSTRUCTION_BYTES = 8;
    private static final int PROGRAM_INSTRUCTIONS = 8; // offset of bf_insns in struct bpf_program

    private FilterCompiler() {}

    /**
     * Says whether libpcap understands an expression. Needs no privilege and no interface.
     *
     * @throws FilterException when it does not
     */
    public static void check(String expression) {
        try (PcapHandle handle = dead()) {
            compile(handle, expression).free();
        }
    }

    /**
     * For a packet socket: frames that come in and match. Needs CAP_NET_RAW.
     *
     * @param interfaceName an Ethernet interface that is up
     * @throws FilterException when libpcap does not understand it
     */
    public static SocketFilter forSocket(String interfaceName, String expression) {
        try (PcapHandle handle = Libpcap.open(
                interfaceName,
                () -> new PcapHandle.Builder(interfaceName).snaplen(SNAP_BYTES).bufferSize(SMALL_BUFFER_BYTES))) {
            BpfProgram program = compile(handle, expression);
            try {
                return SocketFilter.incoming(instructions(program));
            } catch (IllegalArgumentException e) {
                throw new FilterException(expression, e.getMessage());
            } finally {
                program.free();
            }
        }
    }

    /**
     * For whole frames in memory, tags in place.
     *
     * @throws FilterException when libpcap does not understand it
     */
    public static FrameFilter forFrames(String expression) {
        try (PcapHandle handle = dead()) {
            BpfProgram program = compile(handle, expression);
            try {
                return new FrameFilter(instructions(program));
            } finally {
                program.free();
            }
        }
    }

    private static PcapHandle dead() {
        return Libpcap.call("pcap_open_dead", () -> Pcaps.openDead(DataLinkType.EN10MB, SNAP_BYTES));
    }

    static BpfProgram compile(PcapHandle handle, String expression) {
        if (expression.length() > LONGEST) {
            throw new FilterException(
                    expression.substring(0, 40) + "...",
                    "has " + expression.length() + " characters, more than " + LONGEST);
        }
        try {
            return CompletableFuture.supplyAsync(
                            () -> compileHere(handle, expression),
                            run -> new Thread(null, run, "ifqd-filter", STACK_BYTES).start())
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof FilterException refused ? refused : e;
        }
    }

    private static BpfProgram compileHere(PcapHandle handle, String expression) {
        try {
            return handle.compileFilter(expression, BpfCompileMode.OPTIMIZE, PcapHandle.PCAP_NETMASK_UNKNOWN);
        } catch (PcapNativeException e) {
            throw new FilterException(expression, reason(e));
        } catch (NotOpenException e) {
            throw new AssertionError(e);
        }
    }

    /** pcap4j puts "Error occurred in pcap_compile: " in front of what libpcap says. */
    private static String reason(PcapNativeException e) {
        return e.getMessage()
                .replaceFirst("^Error occurred in pcap_compile: ", "")
                .strip();
    }

    static long[] instructions(BpfProgram program) {
        long address = PcapCalls.address(program);
        long first = Memory.getLong(address + PROGRAM_INSTRUCTIONS);
        long[] all = new long[Memory.getInt(address)];
        for (int i = 0; i < all.length; i++) {
            all[i] = Memory.getLong(first + (long) i * INSTRUCTION_BYTES);
        }
        return all;
    }
}
