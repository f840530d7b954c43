package org.ifqd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.LinkLocalPolicy;
import org.ifqd.config.Backend;
import org.ifqd.config.ChannelPolicy;
import org.ifqd.config.ControlSocket;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.HostPolicy;
import org.ifqd.config.IsolateMode;
import org.ifqd.config.LogLevel;
import org.ifqd.config.OffloadPolicy;
import org.ifqd.config.PairConfig;
import org.ifqd.config.PortConfig;
import org.ifqd.config.ZeroCopy;
import org.ifqd.host.FailOpen;
import org.ifqd.host.OffloadFixes;
import org.ifqd.ifq.StartMode;
import org.ifqd.ifq.StartWorker;
import org.ifqd.linux.Errno;
import org.ifqd.linux.Scheduling;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.lab.FaultyLibc;
import org.ifqd.linux.lab.Holdings;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.Station;
import org.ifqd.linux.lab.VethPair;
import org.ifqd.log.LogSettings;
import org.ifqd.port.Port;
import org.ifqd.port.PortOptions;
import org.ifqd.port.PortState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Each system call of the controlling thread fails in turn, the 1st, the 2nd, ...: when a pair is opened, and when it
 * is opened anew because an interface has changed; netlink's and the isolation's calls are among them. Either it is
 * said why, and nothing is left, or it works all the same.
 *
 * <p>One error for each call, another for the next; with {@code -Difqd.faults=all} each error for each call.
 */
class FaultsAtSetUpTest {
    private static final boolean ALL = System.getProperty("ifqd.faults", "").equals("all");
    private static final PortOptions SMALL = new PortOptions(2, 512 << 10, 128, 4096);
    private static final byte[] FRAME = {
        2,
        0,
        0,
        0,
        0,
        9,
        2,
        0,
        0,
        0,
        0,
        8,
        (byte) 0x88,
        (byte) 0xb5,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        11,
        12,
        13,
        14,
        15,
        16
    };

    private final FaultyLibc faults = new FaultyLibc();
    private final VethPair left = new VethPair();
    private final VethPair right = new VethPair();
    private final DaemonConfig config = new DaemonConfig(
            List.of(port(left.right()), port(right.left())),
            List.of(new PairConfig(left.right(), right.left(), false, false)),
            LinkLocalPolicy.TRANSPARENT,
            new HostPolicy(IsolateMode.ON, false),
            new ControlSocket(Path.of("/nowhere")),
            Optional.empty(),
            LogLevel.WARN,
            0);
    private final BridgeDaemon daemon =
            new BridgeDaemon(faults.libc(), config, () -> config, new PrintWriter(Writer.nullWriter()));
    private Holdings before;

    private static PortConfig port(String name) {
        return new PortConfig(
                name,
                Backend.auto,
                SMALL,
                StartMode.DIRECT,
                "",
                OffloadPolicy.KEEP,
                ZeroCopy.auto,
                ChannelPolicy.REFUSE);
    }

    @BeforeEach
    void up() throws InterruptedException {
        left.up();
        right.up();
        LogSettings.apply(LogLevel.WARN, false);
    }

    @AfterEach
    void gone() {
        left.close();
        right.close();
    }

    private PortOpener opener(StartWorker worker) {
        return new PortOpener(faults.libc(), worker, Scheduling.NONE, daemon);
    }

    /** What a daemon does between its preflight and its end, as far as it comes. */
    private void setUp() {
        try (StartWorker worker = StartWorker.open("ifq-softnet");
                OffloadFixes offloads = OffloadFixes.open(faults.libc(), config);
                Pairs pairs = new Pairs(opener(worker), new FailOpen(config.control()), offloads)) {
            pairs.apply(config);
            try (LinkFollower follower = new LinkFollower(faults.libc(), pairs, new ControlThread(), pair -> {})) {
                follower.look();
                faults.failCall(0, 0); // the way down is another test's
                assertEquals("", pairs.end());
                assertEquals(0, pairs.lost());
            }
        }
    }

    private void failsOrNot(int call, int errno) {
        faults.failCall(call, errno);
        String what = call + " " + Errno.name(errno);
        try {
            setUp();
        } catch (RuntimeException e) {
            String message = e.getMessage();
            what += " " + faults.failedCall() + ": " + message;
            assertTrue(message.contains(": " + Errno.name(errno) + "; "), "neither error nor cure: " + what);
            assertTrue(
                    message.contains(left.right())
                            || message.contains(right.left())
                            || message.contains("NETLINK_")
                            || message.contains("nf_tables table")
                            || message.contains("link monitor"),
                    "no subject: " + what);
        }
        assertNothingLeft(what);
    }

    /** A thread that has been joined is still there for the kernel, for a moment. */
    private static Holdings settled() {
        Holdings[] last = {Holdings.now()};
        Await.until("the same twice", () -> {
            LockSupport.parkNanos(100_000_000);
            Holdings now = Holdings.now();
            boolean isSame = now.equals(last[0]);
            last[0] = now;
            return isSame;
        });
        return last[0];
    }

    private void assertNothingLeft(String what) {
        Await.until(() -> what + ": " + before + " -> " + Holdings.now(), () -> Holdings.now()
                .isAtMost(before));
    }

    @Test
    void everyCallOfTheWayUp() {
        setUp();
        before = settled();
        faults.failCall(Integer.MAX_VALUE, 0);
        int calls = 0;
        try (StartWorker worker = StartWorker.open("ifq-softnet");
                OffloadFixes offloads = OffloadFixes.open(faults.libc(), config);
                Pairs pairs = new Pairs(opener(worker), new FailOpen(config.control()), offloads)) {
            pairs.apply(config);
            try (LinkFollower follower = new LinkFollower(faults.libc(), pairs, new ControlThread(), pair -> {})) {
                follower.look();
                calls = faults.calls();
                assertEquals("", pairs.end());
            }
        }
        assertTrue(calls > 80, calls + " calls");
        for (int call = 1; call <= calls; call++) {
            for (int errno : errors(call)) {
                failsOrNot(call, errno);
            }
        }
    }

    private static List<Integer> errors(int call) {
        return ALL ? FaultyLibc.ERRORS : List.of(FaultyLibc.ERRORS.get(call % FaultyLibc.ERRORS.size()));
    }

    /** Fails once and is tried again half a second later, about 200 times; then frames flow, on fresh rings. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void everyCallOfOpeningAnew() {
        try (StartWorker worker = StartWorker.open("ifq-softnet");
                OffloadFixes offloads = OffloadFixes.open(faults.libc(), config);
                Pairs pairs = new Pairs(opener(worker), new FailOpen(config.control()), offloads)) {
            pairs.apply(config);
            try (LinkFollower follower = new LinkFollower(faults.libc(), pairs, new ControlThread(), pair -> {});
                    Station sender = new Station(left.left())) {
                follower.look();
                changeAndAwait(pairs, follower, sender, 0, 0);
                before = settled();
                changeAndAwait(pairs, follower, sender, Integer.MAX_VALUE, 0);
                int calls = faults.calls();
                assertTrue(calls > 80, calls + " calls");
                for (int call = 1; call <= calls; call++) {
                    for (int errno : errors(call)) {
                        changeAndAwait(pairs, follower, sender, call, errno);
                        assertNothingLeft(call + " " + faults.failedCall() + " " + Errno.name(errno));
                    }
                }
                faults.failCall(0, 0);
                assertEquals("", pairs.end());
                assertEquals(0, pairs.lost());
            }
        }
    }

    private int mtu = 1500;

    private void changeAndAwait(Pairs pairs, LinkFollower follower, Station sender, int call, int errno) {
        mtu = mtu == 1500 ? 1400 : 1500;
        Port old = pairs.find(left.right());
        Shell.run("ip", "link", "set", left.right(), "mtu", Integer.toString(mtu));
        faults.failCall(call, errno);
        follower.look(); // as the kernel's event asks for; and then when it says itself
        List<PortState> states = new ArrayList<>();
        Await.until(() -> call + " " + faults.failedCall() + " " + Errno.name(errno) + " " + states, () -> {
            if (follower.untilDueNs().orElse(1) == 0) {
                follower.look();
            }
            states.clear();
            pairs.snapshot().forEach(port -> states.add(port.state()));
            return pairs.find(left.right()) != old && states.equals(List.of(PortState.RUNNING, PortState.RUNNING));
        });
        long arrived = framesIn();
        Await.until("frames after " + faults.failedCall() + " " + Errno.name(errno), () -> {
            sender.send(FRAME, 1);
            return framesIn() > arrived;
        });
        assertEquals(0, Bridge.unaccounted(pairs.snapshot()));
    }

    private long framesIn() {
        return Long.parseLong(Shell.sysfs(right.right(), "statistics/rx_packets"));
    }
}
