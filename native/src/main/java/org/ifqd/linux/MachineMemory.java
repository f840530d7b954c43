package org.ifqd.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much memory the machine has. Ring memory is the kernel's: a limit of a control group does not count it, so none
 * is looked at.
 *
 * <p><b>Threading:</b> any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_meminfo.5.html">proc_meminfo(5)</a>
 */
public final class MachineMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");

    private MachineMemory() {}

    /** Bytes in all; {@link Long#MAX_VALUE} where it cannot be told. */
    public static long totalBytes() {
        return bytes("MemTotal:");
    }

    /** Bytes that could be had without swapping; {@link Long#MAX_VALUE} where it cannot be told. */
    public static long availableBytes() {
        return bytes("MemAvailable:");
    }

    private static long bytes(String name) {
        try {
            for (String line : Files.readAllLines(MEMINFO)) {
                if (line.startsWith(name)) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (IOException e) {
            // no /proc: nothing is known
        }
        return Long.MAX_VALUE;
    }
}
