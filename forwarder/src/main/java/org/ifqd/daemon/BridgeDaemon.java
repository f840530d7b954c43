package org.ifqd.daemon;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.ifqd.bridge.Activity;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.bridge.Rehearsal;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.PairConfig;
import org.ifqd.config.PortConfig;
import org.ifqd.control.ControlServer;
import org.ifqd.control.StatsJson;
import org.ifqd.control.TapCommand;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.StartWorker;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One bridge, from opening to the final table.
 *
 * <p><b>Threading:</b> {@link #run} by one thread, {@link #stop} from any, at any time.
 */
public final class BridgeDaemon implements TaskListSerializer.Monitor {
    /** How long a drain may take before the rest is purged. */
    private static final long DRAIN_MS = 5_000;

    /** How long the start may wait for the JIT; a quiet machine is done earlier. */
    private static final long REHEARSAL_MS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(BridgeDaemon.class);

    private final Libc libc;
    private final DaemonConfig config;
    private final PrintWriter out;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean failed;

    /** @param out gets the ready line and the final table */
    public BridgeDaemon(Libc libc, DaemonConfig config, PrintWriter out) {
        this.libc = libc;
        this.config = config;
        this.out = out;
    }

    /**
     * Forwards until {@link #stop}, or until something fails.
     *
     * @return 0 when it was asked to stop and every frame is accounted for, else 1
     */
    public int run() {
        List<Link> links = Preflight.links(libc, config);
        Preflight.memory(config);
        Preflight.cpus(libc, config);
        PcapLimits.check(config).forEach(LOG::warn);
        Rehearsal.run(REHEARSAL_MS, this);
        Preflight.warnings(links).forEach(LOG::warn);
        try (Isolation isolation = Isolation.open(libc, config.host().isolateMode(), links);
                StartWorker worker = StartWorker.open("ifq-softnet")) {
            Bridge bridge = openBridge(links, worker);
            isolation.warn();
            return run(bridge);
        }
    }

    private int run(Bridge bridge) {
        try {
            return serve(bridge);
        } catch (RuntimeException e) {
            bridge.close();
            throw e;
        }
    }

    private int serve(Bridge bridge) {
        ControlServer control = new ControlServer(
                config.control(), Map.of("stats", () -> StatsJson.of(bridge.snapshot(), bridge.isLooped())));
        control.addStream("tap", new TapCommand(bridge::port));
        PairConfig pair = config.pairs().getFirst();
        try (Supervision supervision = Supervision.open(System.getenv(), supervised(pair, bridge))) {
            bridge.start();
            out.printf(
                    "ready: %s backend=%s workers=%d%n",
                    pair,
                    bridge.snapshot().getFirst().backend(),
                    config.port(pair.first()).options().workers());
            out.flush();
            supervision.ready();
            awaitStop();
            supervision.stopping();
            return end(bridge);
        } finally {
            control.close();
        }
    }

    private static Supervised supervised(PairConfig pair, Bridge bridge) {
        return new Supervised() {
            @Override
            public String name() {
                return pair.toString();
            }

            @Override
            public List<PortSnapshot> snapshot() {
                return bridge.snapshot();
            }

            @Override
            public List<Activity> activities() {
                return bridge.activities();
            }
        };
    }

    private Bridge openBridge(List<Link> links, StartWorker worker) {
        Port first = openPort(links.get(0), worker);
        try {
            return new Bridge(first, openPort(links.get(1), worker), config.linkLocal(), LOG::warn, this::workerFailed);
        } catch (RuntimeException e) {
            first.close();
            throw e;
        }
    }

    private Port openPort(Link link, StartWorker worker) {
        PortConfig port = config.port(link.name());
        PortContext context = new PortContext(libc, StartPolicy.of(port.start(), worker), this, LOG::warn);
        return PortOpener.open(context, port, link);
    }

    /** Asks the daemon to drain and end. */
    public void stop() {
        stop.countDown();
    }

    private void awaitStop() {
        try {
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever interrupts this thread wants it to end
        }
    }

    private int end(Bridge bridge) {
        String stuck = bridge.drain(DRAIN_MS);
        List<PortSnapshot> ports = bridge.snapshot();
        if (!stuck.isEmpty()) {
            LOG.error("{} did not end within {} ms: rings stay mapped, the process ends as it is", stuck, DRAIN_MS);
            FinalTable.print(out, ports, Bridge.unaccounted(ports));
            return 1;
        }
        long unaccounted = Bridge.unaccounted(ports) + bridge.unbooked();
        bridge.close();
        FinalTable.print(out, ports, unaccounted);
        return failed || unaccounted != 0 ? 1 : 0;
    }

    private void workerFailed(String worker, Throwable cause) {
        LOG.error("{} died; ending", worker, cause);
        failed = true;
        stop();
    }

    @Override
    public void taskFailed(String name, Throwable cause) {
        LOG.error("{}: start routine failed; ending", name, cause);
        failed = true;
        stop();
    }

    @Override
    public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {
        LOG.error(
                "{}: start barrier waits for {} ms, {} is at {}",
                name,
                waitedMs,
                inside.getName(),
                stack.length == 0 ? "(ended)" : stack[0]);
    }
}
