package org.ifqd.linux.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;

/** What a service manager listens to: a Unix datagram socket with a name, and all messages that have come so far. */
public final class NotifySocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int SUN_PATH = 2;
    private static final int LONGEST = 4096;

    private final Libc libc = Libc.system();
    private final int fd;
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final Thread reader;
    private volatile boolean closed;

    public NotifySocket(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        fd = ErrnoException.check(libc.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0), "socket", "AF_UNIX", "");
        MemorySegment address = Arena.ofAuto().allocate(110);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, SUN_PATH, name.length);
        ErrnoException.check(libc.bind(fd, address, SUN_PATH + name.length + 1), "bind", path.toString(), "");
        reader = Thread.ofPlatform().daemon().name("notify-socket").start(this::read);
    }

    private void read() {
        MemorySegment buffer = Arena.ofAuto().allocate(LONGEST);
        while (!closed) {
            long n = libc.recv(fd, buffer, LONGEST, MSG_DONTWAIT);
            if (n > 0) {
                byte[] bytes = buffer.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
                messages.add(new String(bytes, StandardCharsets.UTF_8));
            } else {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** All messages so far, in order. */
    public List<String> messages() {
        return new ArrayList<>(messages);
    }

    /** How many messages have a line that starts like this. */
    public long count(String start) {
        return messages.stream()
                .filter(message -> message.lines().anyMatch(line -> line.startsWith(start)))
                .count();
    }

    @Override
    public void close() {
        closed = true;
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        libc.close(fd);
    }
}
