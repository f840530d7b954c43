package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.lab.Shell;
import org.junit.jupiter.api.Test;

/** A worker that has nothing to do sleeps. */
class IdleTest {
    private final AtomicLong polls = new AtomicLong();

    private Libc counting() {
        return (Libc) Proxy.newProxyInstance(
                Libc.class.getClassLoader(), new Class<?>[] {Libc.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("poll")
                            && Thread.currentThread().getName().startsWith("rx-")) {
                        polls.incrementAndGet();
                    }
                    try {
                        return method.invoke(Libc.system(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /**
     * While frames of the last block wait in a stalled egress queue, poll says "readable" all the time: for AF_PACKET
     * that means that the block before the current one is still ours.
     */
    @Test
    void aHeldBlockDoesNotKeepTheWorkerBusy() throws InterruptedException {
        try (BridgeLab lab = new BridgeLab();
                Bridge bridge = lab.bridge(counting(), BridgeLab.SMALL)) {
            bridge.start();
            Shell.run("ip", "link", "set", lab.rightCable.right(), "down");
            lab.left.send(BridgeLab.frame(60), 400); // more than ring and batch take: the rest holds the block
            BridgeLab.awaitReceived(bridge, 400);
            long before = polls.get();
            long beganNs = System.nanoTime();
            long dropsBefore = BridgeLab.sum(bridge, p -> p.queue().droppedTotal());
            Await.until(
                    "the egress gives up a frame", // some 250 ms
                    () -> BridgeLab.sum(bridge, p -> p.queue().droppedTotal()) > dropsBefore);
            long looks = polls.get() - before;
            long ms = (System.nanoTime() - beganNs) / 1_000_000 + 1;
            assertTrue(looks < 50 * ms, looks + " polls in " + ms + " ms");
            assertEquals("", bridge.drain(1_000));
        }
    }
}
