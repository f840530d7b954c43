package org.ifqd.linux.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Requires;
import org.junit.jupiter.api.Test;

/** On threads that end with the test: capabilities are a thread's own. */
class PrivilegesTest {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;

    private static <T> T onThread(Supplier<T> body) throws InterruptedException {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(() -> {
                    try {
                        result.complete(body.get());
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                })
                .join();
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private static Map<String, String> status() {
        try {
            Map<String, String> fields = new HashMap<>();
            for (String line : Files.readAllLines(Path.of("/proc/thread-self/status"))) {
                String[] field = line.split(":\\s*", 2);
                fields.put(field[0], field[1]);
            }
            return fields;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> reduced() {
        Privileges.reduceTo(Set.of(Privileges.CAP_NET_ADMIN, Privileges.CAP_NET_RAW));
        return status();
    }

    @Test
    void onlyTheLeastIsLeft() throws InterruptedException {
        Requires.root();
        Map<String, String> left = onThread(PrivilegesTest::reduced);
        assertEquals("0000000000003000", left.get("CapEff"));
        assertEquals("0000000000003000", left.get("CapPrm"));
        assertEquals("0000000000003000", left.get("CapBnd"));
        assertEquals("1", left.get("NoNewPrivs"));
    }

    @Test
    void threadsThatAreStartedLaterHaveNoMoreAndOthersKeepTheirs() throws InterruptedException {
        Requires.root();
        Map<String, String> heir = onThread(() -> {
            reduced();
            try {
                return onThread(PrivilegesTest::status);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals("0000000000003000", heir.get("CapEff"));
        assertEquals("1", heir.get("NoNewPrivs"));
        assertEquals("0", status().get("NoNewPrivs"), "the test's own thread");
    }

    @Test
    void whatWasNotThereDoesNotCome() throws InterruptedException {
        Requires.root();
        int result = onThread(() -> {
            Privileges.reduceTo(Set.of(Privileges.CAP_NET_ADMIN));
            Privileges.reduceTo(Set.of(Privileges.CAP_NET_ADMIN, Privileges.CAP_NET_RAW));
            assertEquals("0000000000001000", status().get("CapPrm"));
            return Libc.system().socket(AF_PACKET, SOCK_RAW, 0);
        });
        assertEquals(-Errno.EPERM, result);
    }

    @Test
    void memoryCannotBeLockedWithoutTheRight() throws InterruptedException {
        Requires.root();
        ErrnoException e = onThread(() -> {
            Privileges.reduceTo(Set.of());
            return assertThrows(ErrnoException.class, Privileges::lockMemory);
        });
        assertTrue(
                e.getMessage().matches("mlockall this process: E\\w+; needs CAP_IPC_LOCK or ulimit.*"), e.getMessage());
    }
}
