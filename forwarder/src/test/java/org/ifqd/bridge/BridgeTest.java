package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.lab.Shell;
import org.ifqd.port.PortState;
import org.ifqd.stats.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bridge of two real ports: every frame is in the books. */
class BridgeTest {
    private static final int DRAIN_MS = 5_000;

    private BridgeLab lab;

    @BeforeEach
    void open() throws InterruptedException {
        lab = new BridgeLab();
    }

    @AfterEach
    void close() {
        if (lab != null) {
            lab.close();
        }
        assertEquals(List.of(), BridgeLab.workers());
    }

    private static void assertBooks(Bridge bridge) {
        assertEquals(0, Bridge.unaccounted(bridge.snapshot()));
        assertEquals(0, bridge.unbooked());
        assertEquals(0, BridgeLab.sum(bridge, p -> p.queue().queued()));
    }

    @Test
    void whatComesInGoesOutOrIsCounted() {
        try (Bridge bridge = lab.bridge(BridgeLab.SMALL)) {
            bridge.start();
            long sent = 0;
            for (int bytes = 60; bytes <= 1514; bytes += 97) { // few enough at a time for every queue on the way
                lab.left.send(BridgeLab.frame(bytes), 200);
                lab.right.send(BridgeLab.frame(bytes, 1), 150);
                sent += 350;
                BridgeLab.awaitReceived(bridge, sent);
            }
            assertEquals("", bridge.drain(DRAIN_MS));
            assertBooks(bridge);
            PortSnapshot first = bridge.snapshot().get(0);
            PortSnapshot second = bridge.snapshot().get(1);
            assertEquals(sent, first.rxFrames() + second.rxFrames());
            assertEquals(sent, first.queue().sent() + second.queue().sent());
            assertEquals(first.rxBytes(), second.queue().sentBytes());
            assertEquals(second.queue().sent(), lab.right.framesIn());
            assertEquals(first.queue().sent(), lab.left.framesIn());
        }
    }

    @Test
    void overloadIsCountedFrameByFrame() throws InterruptedException {
        try (Bridge bridge = lab.bridge(BridgeLab.SMALL)) {
            bridge.start();
            AtomicBoolean stop = new AtomicBoolean();
            Thread load = load(stop, null);
            BridgeLab.awaitReceived(bridge, 100_000);
            assertEquals("", bridge.drain(DRAIN_MS)); // in the middle of it
            stop.set(true);
            load.join();
            assertBooks(bridge);
            assertEquals(
                    bridge.snapshot().get(1).queue().sent(), lab.right.framesIn(), "what ifqd says and what arrived");
        }
    }

    private Thread load(AtomicBoolean stop, Runnable between) {
        return Thread.ofPlatform().name("load").start(() -> {
            while (!stop.get()) {
                lab.left.send(BridgeLab.frame(60), 1000);
                if (between != null) {
                    between.run();
                }
            }
        });
    }

    @Test
    void aStalledEgressIsPurgedAndCountedAtTheDeadline() {
        try (Bridge bridge = lab.bridge(BridgeLab.SMALL)) {
            bridge.start();
            Shell.run("ip", "link", "set", lab.rightCable.right(), "down"); // no carrier: ENOBUFS for every frame
            lab.left.send(BridgeLab.frame(60), 300);
            Await.until("the interface is oactive", () -> counters(bridge, 1).oactive());
            assertEquals("", bridge.drain(1_000));
            assertBooks(bridge);
            QueueCounters queue = counters(bridge, 1);
            assertEquals(300, queue.received(), "frames that the kernel had for us when the drain began");
            assertEquals(0, queue.sent());
            assertEquals(300, queue.dropped(DropReason.PURGED) + queue.dropped(DropReason.NO_BUFFER));
            assertTrue(queue.dropped(DropReason.PURGED) > 0);
            assertEquals(PortState.STOPPED, bridge.snapshot().get(1).state());
        }
    }

    private static QueueCounters counters(Bridge bridge, int port) {
        return bridge.snapshot().get(port).queue();
    }

    @Test
    void aStalledEgressGoesOnWhenTheCarrierComesBack() {
        try (Bridge bridge = lab.bridge(BridgeLab.SMALL)) {
            bridge.start();
            Shell.run("ip", "link", "set", lab.rightCable.right(), "down");
            lab.left.send(BridgeLab.frame(60), 300);
            Await.until("the interface is oactive", () -> counters(bridge, 1).oactive());
            Shell.run("ip", "link", "set", lab.rightCable.right(), "up");
            Await.until(
                    "all is sent",
                    () -> counters(bridge, 1).received() == 300
                            && counters(bridge, 1).queued() == 0);
            QueueCounters queue = counters(bridge, 1);
            assertEquals(300, queue.sent() + queue.dropped(DropReason.NO_BUFFER));
            assertTrue(queue.sent() > 200, "only the first ones had to give way");
            assertEquals("", bridge.drain(DRAIN_MS));
            assertBooks(bridge);
        }
    }

    @Test
    void aBridgeThatIsClosedInFullFlightStopsItsWorkersFirst() {
        Bridge bridge = lab.bridge(BridgeLab.SMALL);
        bridge.start();
        lab.left.send(BridgeLab.frame(60), 500);
        bridge.close();
        assertEquals(List.of(), BridgeLab.workers());
    }

    @Test
    void unbookedIsNotAskedOfRunningWorkers() {
        try (Bridge bridge = lab.bridge(BridgeLab.SMALL)) {
            bridge.start();
            assertThrows(IllegalStateException.class, bridge::unbooked);
        }
    }
}
