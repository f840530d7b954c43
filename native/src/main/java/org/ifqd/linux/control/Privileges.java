package org.ifqd.linux.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Platform;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;

/**
 * The privileges of this thread, and of threads that it starts from now on.
 *
 * <p>Linux keeps capabilities for each thread and lets none change another's (capset(2)). So they are reduced by the
 * main thread before it starts any: the workers and all that talk to the outside have the least. The JVM's own threads
 * (compiler, collector, signals) were there before main and keep what the process was started with; only whoever starts
 * the JVM can change that, as the systemd unit does.
 *
 * <p><b>Threading:</b> acts on the calling thread; a platform thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a>
 */
public final class Privileges {
    /** Numbers of linux/capability.h. */
    public static final int CAP_NET_ADMIN = 12;

    public static final int CAP_NET_RAW = 13;
    public static final int CAP_IPC_LOCK = 14;
    public static final int CAP_SYS_NICE = 23;
    public static final int CAP_BPF = 39;

    private static final int LAST_CAPABILITY = 63; // the room of the kernel's sets
    private static final int CAPABILITY_VERSION_3 = 0x20080522;
    private static final int HEADER_BYTES = 8; // u32 version, int pid; 0 is this thread
    private static final int DATA_BYTES = 24; // twice: u32 effective, permitted, inheritable; the lower 32 bits first
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_LOWER = 3;
    private static final int MCL_CURRENT = 1;
    private static final int MCL_ONFAULT = 4;
    private static final Path STATUS = Path.of("/proc/thread-self/status");

    private Privileges() {}

    /** Loaded when first used: a process that was started with the least never needs it. */
    private static final class Loaded {
        static final PrivilegeLibc LIBC = LibraryLoader.create(PrivilegeLibc.class)
                .load(Platform.getNativePlatform().getStandardCLibraryName());
    }

    /**
     * Gives up all capabilities but some, for good, and the gain of others by exec (no_new_privs). What the thread has
     * not got it does not get.
     *
     * @param keep CAP_* numbers
     * @throws ErrnoException if the kernel refuses
     */
    public static void reduceTo(Set<Integer> keep) {
        long mask = 0;
        for (int capability : keep) {
            mask |= 1L << capability;
        }
        if (isReducedTo(mask)) {
            return;
        }
        for (int capability = 0; capability <= LAST_CAPABILITY; capability++) {
            if ((mask >>> capability & 1) == 0) {
                // refused without CAP_SETPCAP, or where the kernel knows no such capability; capset below is what
                // counts
                Loaded.LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
                Loaded.LIBC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, capability, 0, 0);
            }
        }
        Runtime runtime = Runtime.getSystemRuntime();
        Pointer header = Memory.allocateDirect(runtime, HEADER_BYTES, true);
        header.putInt(0, CAPABILITY_VERSION_3);
        Pointer data = Memory.allocateDirect(runtime, DATA_BYTES, true);
        check(Loaded.LIBC.capget(header, data), "capget");
        for (int i = 0; i < DATA_BYTES; i += Integer.BYTES) {
            data.putInt(i, data.getInt(i) & (int) (i < DATA_BYTES / 2 ? mask : mask >>> 32));
        }
        check(Loaded.LIBC.capset(header, data), "capset");
        check(Loaded.LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl PR_SET_NO_NEW_PRIVS");
    }

    private static void check(int result, String call) {
        if (result < 0) {
            throw new ErrnoException(
                    call, "this thread", Runtime.getSystemRuntime().getLastError(), "");
        }
    }

    /** Whether this thread has a capability in effect; without /proc nothing is known, and the answer is yes. */
    public static boolean has(int capability) {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .allMatch(mask -> (mask >>> capability & 1) == 1);
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isReducedTo(long mask) {
        try {
            boolean least = true;
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("CapPrm:")) {
                    least &= (Long.parseUnsignedLong(line.substring(7).strip(), 16) & ~mask) == 0;
                } else if (line.startsWith("NoNewPrivs:")) {
                    least &= line.endsWith("1");
                }
            }
            return least;
        } catch (IOException e) {
            return false; // no /proc: nothing is known, so it is done
        }
    }

    /**
     * Keeps what the process has mapped now (heap, machine code, libraries) in memory once it was touched: no worker
     * waits for the swap. Rings of the kernel are never swapped. Needs CAP_IPC_LOCK, or a limit (RLIMIT_MEMLOCK) that
     * is large enough.
     *
     * @throws ErrnoException with the cure
     */
    public static void lockMemory() {
        if (Loaded.LIBC.mlockall(MCL_CURRENT | MCL_ONFAULT) < 0) {
            int errno = Runtime.getSystemRuntime().getLastError();
            String cure = errno == Errno.EPERM || errno == Errno.ENOMEM || errno == Errno.EAGAIN
                    ? "needs CAP_IPC_LOCK or ulimit -l unlimited (systemd: LimitMEMLOCK=infinity)"
                    : "";
            throw new ErrnoException("mlockall", "this process", errno, cure);
        }
    }
}
