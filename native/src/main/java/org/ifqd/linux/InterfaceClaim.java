package org.ifqd.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The right to be the one process that forwards an interface: two would each send every frame on. It is a Unix socket with an
 * abstract name. Such names belong to a network namespace, as interfaces do, and end with the process, however that ends: so
 * nothing is ever left behind.
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

    private final Fd fd;

    private InterfaceClaim(Fd fd) {
        this.fd = fd;
    }

    /**
     * Claims an interface of the calling thread's network namespace.
     *
     * @param index of the interface, which outlives a change of its name
     * @throws ErrnoException EADDRINUSE when a process has claimed it, see {@link #holder}
     */
    public static InterfaceClaim open(Libc libc, String name, int index) {
        String subject = "claim of " + name;
        Fd fd = new Fd(libc, ErrnoException.check(libc.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0), "socket", subject, ""));
        byte[] text = abstractName(index).getBytes(StandardCharsets.US_ASCII);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SUN_PATH + 1 + text.length); // a NUL in front makes it abstract
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(text, 0, address, ValueLayout.JAVA_BYTE, SUN_PATH + 1, text.length);
            int result = libc.bind(fd.number(), address, (int) address.byteSize());
            ErrnoException.check(result, "bind", subject, result == -Errno.EADDRINUSE ? "it has a forwarder" : "");
            return new InterfaceClaim(fd);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static String abstractName(int index) {
        return "org.ifqd/port/" + index;
    }

    /** The process that has claimed an interface; empty if none has, or if its process may not be looked into. */
    public static Optional<ProcessHandle> holder(int index) {
        try (Stream<String> sockets = Files.lines(Path.of("/proc/net/unix"), StandardCharsets.ISO_8859_1)) {
            Optional<String> inode = sockets.map(line -> line.split(" +"))
                    .filter(field -> field[field.length - 1].equals("@" + abstractName(index)))
                    .map(field -> field[field.length - 2])
                    .findFirst();
            return inode.flatMap(number -> ProcessHandle.allProcesses()
                    .filter(process -> hasOpen(process, "socket:[" + number + "]"))
                    .findFirst());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean hasOpen(ProcessHandle process, String target) {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return files.anyMatch(file -> isLinkTo(file, target));
        } catch (IOException e) {
            return false; // it has ended, or belongs to another user
        }
    }

    private static boolean isLinkTo(Path file, String target) {
        try {
            return Files.readSymbolicLink(file).toString().equals(target);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    /** Gives it up. More than once is allowed. */
    @Override
    public void close() {
        fd.close();
    }
}
