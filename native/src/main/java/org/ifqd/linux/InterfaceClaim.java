package org.ifqd.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The right to be the one process that forwards an interface: two would each send every frame on. It is a Unix socket
 * with an abstract name. Such names belong to a network namespace, as interfaces do, and end with the process, however
 * that ends: so nothing is ever left behind.
 *
 * <p>It keeps well-meaning processes apart and no more: the name is no secret.
 *
 * <p><b>Threading:</b> any thread. <b>Owns:</b> the socket.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7), abstract</a>
 */
public final class InterfaceClaim implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SUN_PATH = 2; // offset in struct sockaddr_un

    private final Fd claim;

    /**
     * Has the process' number in its name, for whoever is refused: who holds a socket is not told to ordinary users.
     */
    private final Fd holder;

    private InterfaceClaim(Fd claim, Fd holder) {
        this.claim = claim;
        this.holder = holder;
    }

    /**
     * Claims an interface of the calling thread's network namespace.
     *
     * @param index of the interface, which outlives a change of its name
     * @throws ErrnoException EADDRINUSE when a process has claimed it, see {@link #holder}
     */
    public static InterfaceClaim open(Libc libc, String name, int index) {
        Fd claim = bind(libc, name, claimName(index));
        try {
            long pid = ProcessHandle.current().pid();
            return new InterfaceClaim(claim, bind(libc, name, holderName(index) + pid));
        } catch (RuntimeException e) {
            claim.close();
            throw e;
        }
    }

    private static Fd bind(Libc libc, String name, String abstractName) {
        String subject = "claim of " + name;
        Fd fd = new Fd(libc, ErrnoException.check(libc.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0), "socket", subject, ""));
        byte[] text = abstractName.getBytes(StandardCharsets.US_ASCII);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SUN_PATH + 1 + text.length); // a NUL in front makes it abstract
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(text, 0, address, ValueLayout.JAVA_BYTE, SUN_PATH + 1, text.length);
            int result = libc.bind(fd.number(), address, (int) address.byteSize());
            ErrnoException.check(result, "bind", subject, result == -Errno.EADDRINUSE ? "it has a forwarder" : "");
            return fd;
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static String claimName(int index) {
        return "org.ifqd/port/" + index;
    }

    private static String holderName(int index) {
        return claimName(index) + "/process/";
    }

    /** The number of the process that has claimed an interface, as that process knows it; empty if none has. */
    public static OptionalLong holder(int index) {
        String mark = "@" + holderName(index);
        try (Stream<String> sockets = Files.lines(Path.of("/proc/net/unix"), StandardCharsets.ISO_8859_1)) {
            return sockets.filter(line -> line.contains(mark))
                    .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(mark) + mark.length())))
                    .findFirst();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Gives it up. More than once is allowed. */
    @Override
    public void close() {
        holder.close();
        claim.close();
    }
}
