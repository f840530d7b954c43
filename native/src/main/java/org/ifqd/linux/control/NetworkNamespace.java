package org.ifqd.linux.control;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import jnr.ffi.Runtime;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;

/**
 * A network namespace with a name, as {@code ip netns add NAME} makes it. What is opened inside stays inside: a socket
 * belongs to the namespace in which it was made, whoever uses it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man8/ip-netns.8.html">ip-netns(8)</a>
 */
public final class NetworkNamespace {
    private static final String FOLDER = "/run/netns/";
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;

    private static final NamespaceLibc LIBC = LibraryLoader.create(NamespaceLibc.class)
            .load(Platform.getNativePlatform().getStandardCLibraryName());

    private NetworkNamespace() {}

    /** Whether there is one of this name. */
    public static boolean exists(String name) {
        return Files.exists(Path.of(FOLDER, name));
    }

    /**
     * Runs something inside the namespace and waits for it. On a thread of its own: setns(2) moves one thread for good,
     * and going back can fail.
     *
     * @throws ErrnoException if there is no such namespace or it may not be entered
     */
    public static <T> T call(String name, Supplier<T> body) {
        Call<T> call = new Call<>(name, body);
        Thread thread = Thread.ofPlatform().name("netns").start(call);
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // what the thread opens has an owner only when it has ended
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return call.result();
    }

    private static void enter(String name) {
        int fd = LIBC.open(FOLDER + name, O_RDONLY_CLOEXEC);
        if (fd < 0) {
            int errno = Runtime.getSystemRuntime().getLastError();
            String cure = errno == Errno.ENOENT ? "there is no such network namespace; see ip netns list" : "";
            throw new ErrnoException("open", FOLDER + name, errno, cure);
        }
        int result = LIBC.setns(fd, CLONE_NEWNET);
        int errno = Runtime.getSystemRuntime().getLastError();
        LIBC.close(fd);
        if (result < 0) {
            String cure = errno == Errno.EPERM ? "needs CAP_SYS_ADMIN; run as root" : "";
            throw new ErrnoException("setns", name, errno, cure);
        }
    }

    /** Written by its thread, read after the thread has ended. */
    private static final class Call<T> implements Runnable {
        private final String name;
        private final Supplier<T> body;
        private T value;
        private Throwable failure;

        Call(String name, Supplier<T> body) {
            this.name = name;
            this.body = body;
        }

        @Override
        public void run() {
            try {
                enter(name);
                value = body.get();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }

        T result() {
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
            return value;
        }
    }
}
