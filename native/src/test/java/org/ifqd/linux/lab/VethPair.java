package org.ifqd.linux.lab;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two interfaces joined by a cable, down, without IPv6, in the current network namespace. The names carry our process
 * id, so that several builds on one machine do not meet. Closing deletes both.
 */
public final class VethPair implements AutoCloseable {
    private static final AtomicInteger MADE = new AtomicInteger();

    private final String base = uniqueName();

    /** A name of at most 13 bytes that no other process uses. */
    public static String uniqueName() {
        return "ifqdt" + Long.toString(ProcessHandle.current().pid(), 36)
                + Integer.toString(MADE.getAndIncrement(), 36);
    }

    /** Makes it, with one queue each way, or skips the test, with the reason. */
    public VethPair() {
        this(1);
    }

    /** As the other one, with so many queues each way. */
    public VethPair(int queues) {
        Shell.assumeRootAnd("ip");
        String number = Integer.toString(queues);
        Shell.run(
                "ip",
                "link",
                "add",
                left(),
                "numtxqueues",
                number,
                "numrxqueues",
                number,
                "type",
                "veth",
                "peer",
                "name",
                right(),
                "numtxqueues",
                number,
                "numrxqueues",
                number);
        Shell.run("ip", "link", "set", left(), "addrgenmode", "none");
        Shell.run("ip", "link", "set", right(), "addrgenmode", "none");
    }

    public String left() {
        return base + "-l";
    }

    public String right() {
        return base + "-r";
    }

    /** Brings both ends up; returns when the kernel reports them as up. */
    public void up() throws InterruptedException {
        Shell.run("ip", "link", "set", left(), "up");
        Shell.run("ip", "link", "set", right(), "up");
        long deadlineNs = System.nanoTime() + 5_000_000_000L;
        while (!Shell.sysfs(left(), "operstate").equals("up")
                || !Shell.sysfs(right(), "operstate").equals("up")) {
            if (deadlineNs - System.nanoTime() < 0) {
                throw new AssertionError(base + " does not come up");
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        Shell.run("ip", "link", "del", left());
    }
}
