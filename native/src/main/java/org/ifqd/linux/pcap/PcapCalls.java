package org.ifqd.linux.pcap;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import org.pcap4j.core.BpfProgram;
import org.pcap4j.core.PcapHandle;

/**
 * The calls of libpcap that pcap4j does not offer, or not without garbage, by address; and the addresses that pcap4j
 * keeps to itself. The library is the one that pcap4j has loaded.
 *
 * <p><b>Threading:</b> that of libpcap: a handle by one thread at a time.
 *
 * @see <a href="https://www.tcpdump.org/manpages/pcap.3pcap.html">pcap(3)</a>
 */
final class PcapCalls {
    private static final String LIBRARY = "pcap";
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_OF = STATE.varHandle(PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private static final MethodHandle NEXT_EX = bind("pcap_next_ex", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SELECTABLE_FD = bind("pcap_get_selectable_fd", JAVA_LONG);
    private static final MethodHandle SENDPACKET = bind(
            "pcap_sendpacket",
            new Linker.Option[] {Linker.Option.captureCallState("errno")},
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT);

    /** Critical: a run of a program that cannot loop. */
    private static final MethodHandle BPF_FILTER = bind(
            "bpf_filter",
            new Linker.Option[] {Linker.Option.critical(false)},
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT);

    private PcapCalls() {}

    private static MethodHandle bind(String name, MemoryLayout... arguments) {
        return bind(name, new Linker.Option[0], arguments);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle bind(String name, Linker.Option[] options, MemoryLayout... arguments) {
        Pointer symbol = NativeLibrary.getInstance(LIBRARY).getFunction(name);
        return LINKER.downcallHandle(
                MemorySegment.ofAddress(Pointer.nativeValue(symbol)),
                FunctionDescriptor.of(JAVA_INT, arguments),
                options);
    }

    /** Address of the {@code pcap_t}. */
    static long address(PcapHandle handle) {
        return Pointer.nativeValue((Pointer) hidden(handle, "handle"));
    }

    /** Address of the {@code struct bpf_program}: u_int bf_len; struct bpf_insn *bf_insns. */
    static long address(BpfProgram program) {
        return Pointer.nativeValue(((Structure) hidden(program, "program")).getPointer());
    }

    private static Object hidden(Object owner, String name) {
        try {
            Field field = owner.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(owner);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("not the pcap4j that ifqd was built with: " + owner.getClass(), e);
        }
    }

    /**
     * Gets the next frame.
     *
     * @param header where to put the address of its {@code struct pcap_pkthdr}
     * @param data where to put its own address; both hold until the next call
     * @return 1; 0 when there is none now; negative after an error
     */
    static int nextEx(long handle, long header, long data) {
        try {
            return (int) NEXT_EX.invokeExact(handle, header, data);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Sends a frame. Returns 0, or minus the errno. */
    static int sendPacket(long handle, long frame, int bytes) {
        MemorySegment state = CAPTURE.get();
        try {
            int result = (int) SENDPACKET.invokeExact(state, handle, frame, bytes);
            return result == 0 ? 0 : -(int) ERRNO_OF.get(state, 0L);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** The descriptor to sleep on, or -1. */
    static int selectableFd(long handle) {
        try {
            return (int) SELECTABLE_FD.invokeExact(handle);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Runs a program. 0: no match. */
    static int bpfFilter(long instructions, long frame, int bytes) {
        try {
            return (int) BPF_FILTER.invokeExact(instructions, frame, bytes, bytes);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    private static AssertionError broken(Throwable cause) {
        return new AssertionError("downcall failed", cause);
    }
}
