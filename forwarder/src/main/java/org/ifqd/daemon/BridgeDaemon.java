package org.ifqd.daemon;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.ifqd.bridge.Activity;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.Place;
import org.ifqd.bridge.Rehearsal;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.PairSettings;
import org.ifqd.control.Command;
import org.ifqd.control.ControlServer;
import org.ifqd.control.TapCommand;
import org.ifqd.ifq.StartWorker;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Scheduling;
import org.ifqd.linux.control.ServiceNotifier;
import org.ifqd.metrics.MetricsServer;
import org.ifqd.port.PortState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon, from opening its pairs to the final table.
 *
 * <p><b>Threading:</b> {@link #run} by one thread, the controlling thread: whatever opens, closes or changes ports happens on
 * it, one thing after the other. {@link #stop} and {@link #reload} from any, at any time.
 */
public final class BridgeDaemon implements DaemonEvents {
    /** How long a client that has asked for a drain has to read the answer. */
    private static final long LINGER_MS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(BridgeDaemon.class);

    private final Libc libc;
    private final Rehearsal rehearsal;
    private final Supplier<DaemonConfig> source;
    private final PrintWriter out;
    private final BlockingQueue<Runnable> requests = new LinkedBlockingQueue<>();
    private volatile DaemonConfig config;
    private Supervision manager;
    private LinkFollower links;
    private FailOpen failOpen;
    private final Duty duty = new Duty();
    private Watchdog watchdog;
    private boolean asked;
    private boolean isWarm;
    private Scheduling scheduling = Scheduling.NONE;
    private volatile Pairs watched;
    private volatile boolean failed;
    private volatile Runnable reloading = () -> {};

    /**
     * @param source reads the configuration again, for a reload; throws ConfigException
     * @param out gets the ready lines and the final table
     */
    public BridgeDaemon(Libc libc, DaemonConfig config, Supplier<DaemonConfig> source, PrintWriter out) {
        this(libc, new Rehearsal(), config, source, out);
    }

    /** @param rehearsal that may have begun */
    public BridgeDaemon(
            Libc libc, Rehearsal rehearsal, DaemonConfig config, Supplier<DaemonConfig> source, PrintWriter out) {
        this.libc = libc;
        this.rehearsal = rehearsal;
        this.config = config;
        this.source = source;
        this.out = out;
    }

    /**
     * Forwards until {@link #stop}, or until something fails.
     *
     * @return 0 when it was asked to stop and every frame is accounted for, else 1
     */
    public int run() {
        LogSettings.apply(config.logLevel(), System.getenv("JOURNAL_STREAM") != null);
        try (OffloadFixes offloads = OffloadFixes.open(libc, config)) {
            Preflight.all(libc, config, PairSettings.of(config));
            scheduling = Preflight.scheduling(libc, config);
            rehearsal.begin();
            failOpen = new FailOpen(config.control());
            return runWatched(offloads);
        }
    }

    private int runWatched(OffloadFixes offloads) {
        ServiceNotifier notifier =
                ServiceNotifier.open(System.getenv(), LOG::warn).orElse(null);
        OptionalLong managerNs = notifier == null ? OptionalLong.empty() : notifier.watchdogNs();
        try (Watchdog dog = new Watchdog(this::activities, config.watchdogNs(), managerNs, this::hung)) {
            watchdog = dog;
            duty.begin();
            dog.start();
            return run(offloads, notifier);
        }
    }

    private int run(OffloadFixes offloads, ServiceNotifier notifier) {
        scheduling.applyToCollector(libc);
        try (StartWorker worker = StartWorker.open("ifq-softnet", () -> scheduling.applyToThisThread(libc));
                Pairs pairs = new Pairs(new PortOpener(libc, worker, scheduling, this), failOpen, offloads)) {
            watched = pairs;
            pairs.apply(config);
            LiveStats stats = new LiveStats(pairs);
            ControlServer control = new ControlServer(config.controlSocket(), commands(pairs, stats));
            control.addStream("tap", new TapCommand(pairs::find));
            Optional<MetricsServer> metrics = Optional.empty();
            DropWatch drops = new DropWatch(pairs::snapshot);
            try (Supervision supervision = Supervision.of(notifier, pairs, watchdog::stuck);
                    LinkFollower follower =
                            new LinkFollower(libc, pairs, () -> requests.add(this::followLinks), this::opened)) {
                links = follower;
                links.look();
                metrics = config.metrics()
                        .map(address -> MetricsServer.open(address, pairs::snapshot, stats.page(libc, () -> config)));
                failOpen.keep(pairs.running());
                manager = supervision;
                rehearsal.frames().whenComplete((frames, failure) -> requests.add(() -> warm(pairs, failure)));
                duty.end();
                serve(pairs);
                duty.begin();
                watchdog.stopping();
                supervision.stopping();
                return end(pairs);
            } finally {
                drops.close();
                metrics.ifPresent(MetricsServer::close);
                control.close(); // before the pairs, whose counters it asks for
            }
        }
    }

    /** Frames have been flowing already; now the code that moves them is compiled. */
    private void warm(Pairs pairs, Throwable failure) {
        if (failure != null) {
            LOG.error("the rehearsal of the data path failed", failure);
        }
        isWarm = true;
        pairs.running().forEach(this::printState);
        manager.ready();
    }

    private void opened(Pair pair) {
        if (isWarm) {
            printReady(pair);
        }
    }

    private void printState(Pair pair) {
        if (pair.isClosed()) {
            out.printf("waiting: %s for its interfaces%n", pair.settings().pair());
            out.flush();
        } else {
            printReady(pair);
        }
    }

    private void printReady(Pair pair) {
        out.println("ready: " + pair.settings().pair() + " backend="
                + pair.snapshot().getFirst().backend() + " workers="
                + pair.settings().first().options().workers() + " scheduling=" + scheduling);
        out.flush();
    }

    private Map<String, Command> commands(Pairs pairs, LiveStats stats) {
        Map<String, Command> commands = new LinkedHashMap<>();
        commands.put("stats", request -> stats.stats(Boolean.TRUE.equals(request.get("latencyBuckets"))));
        commands.put("port", request -> onControllingThread(() -> port(pairs, request)));
        commands.put("reload", request -> onControllingThread(() -> Map.of("changes", reload(pairs))));
        commands.put("drain", request -> onControllingThread(() -> drain(pairs)));
        reloading = () -> requests.add(() -> reloadAndLog(pairs));
        return commands;
    }

    private Map<String, Object> port(Pairs pairs, Map<String, Object> request) {
        String port = String.valueOf(request.get("port"));
        String wanted = String.valueOf(request.get("state"));
        PortState state =
                switch (wanted) {
                    case "up" -> pairs.suspend(port, false);
                    case "down" -> pairs.suspend(port, true);
                    default -> throw new ConfigException("no state '" + wanted + "'; there are: up, down");
                };
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("port", port);
        answer.put("state", state.name());
        return answer;
    }

    private List<String> reload(Pairs pairs) {
        manager.reloading();
        try {
            return change(pairs, source.get());
        } finally {
            if (isWarm) {
                manager.ready();
            }
        }
    }

    private List<String> change(Pairs pairs, DaemonConfig next) {
        if (!next.controlSocket().equals(config.controlSocket())
                || !next.metrics().equals(config.metrics())) {
            throw new ConfigException("control.path and metrics.listen cannot change while ifqd runs; restart it");
        }
        List<String> changes = pairs.apply(next);
        config = next;
        watchdog.limit(next.watchdogNs());
        links.look();
        LogSettings.apply(next.logLevel(), false);
        LOG.info("reloaded: {}", changes.isEmpty() ? "no port is concerned" : String.join(", ", changes));
        return changes;
    }

    private void reloadAndLog(Pairs pairs) {
        try {
            reload(pairs);
        } catch (RuntimeException e) {
            LOG.error("not reloaded: {}", e.getMessage());
        }
    }

    private Map<String, Object> drain(Pairs pairs) {
        failOpen.end();
        String stuck = pairs.end();
        requests.add(() -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LINGER_MS));
            asked = true;
        });
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("stuck", stuck);
        answer.put("unaccounted", pairs.lost());
        return answer;
    }

    /** Has the controlling thread do it, and waits for the answer. */
    private <T> T onControllingThread(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        requests.add(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("ifqd is stopping", e);
        }
    }

    /** Reads the configuration again, soon; the log tells what became of it. */
    public void reload() {
        reloading.run();
    }

    /** Asks the daemon to drain and end. */
    public void stop() {
        requests.add(() -> asked = true);
    }

    private void serve(Pairs pairs) {
        try {
            while (!asked) {
                warnOfOffloads(pairs);
                OptionalLong untilDueNs = links.untilDueNs();
                Runnable request = untilDueNs.isPresent()
                        ? requests.poll(untilDueNs.getAsLong(), TimeUnit.NANOSECONDS)
                        : requests.take();
                duty.begin();
                if (request != null) {
                    request.run();
                } else {
                    links.look();
                }
                if (!asked) {
                    failOpen.keep(pairs.running());
                }
                duty.end();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever interrupts this thread wants it to end
        }
    }

    private static void warnOfOffloads(Pairs pairs) {
        try {
            pairs.warnOfOffloads();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("the interfaces' offloads cannot be looked at: {}", e.toString());
        }
    }

    private void followLinks() {
        if (!asked) {
            links.look();
        }
    }

    private int end(Pairs pairs) {
        if (!failed) {
            failOpen.end();
        }
        String stuck = pairs.end();
        FinalTable.print(out, pairs.running(), pairs.lost());
        if (!stuck.isEmpty()) {
            LOG.error(
                    "{} did not end within {} ms: rings stay mapped, the process ends as it is; {}",
                    stuck,
                    PairDrain.DRAIN_MS,
                    stackOf(stuck, pairs));
            return 1;
        }
        return failed || pairs.lost() != 0 ? 1 : 0;
    }

    @Override
    public void loopChanged(String line) {
        LOG.warn(line);
        requests.add(() -> {}); // what is kept for a failure is looked at after each request
    }

    private static String stackOf(String thread, Pairs pairs) {
        return pairs.activities().stream()
                .map(Activity::thread)
                .filter(each -> each != null && each.getName().equals(thread))
                .findFirst()
                .map(each -> "it is at " + Place.stack(each))
                .orElse("it has ended since");
    }

    @Override
    public void step(PairSettings pair) {
        duty.step(pair.pair().toString());
    }

    private List<Activity> activities() {
        List<Activity> all = new ArrayList<>();
        all.add(duty.activity());
        Pairs pairs = watched;
        if (pairs != null) {
            all.addAll(pairs.activities());
        }
        return all;
    }

    /** Something hangs that nobody can interrupt. */
    private void hung(String where) {
        LastWords.say(
                () -> LOG.error("{}; a call that hangs cannot be interrupted: the process ends, status 1", where),
                this::printBooks);
    }

    private void printBooks() {
        Pairs pairs = watched;
        if (pairs != null) {
            FinalTable.print(out, pairs.running(), pairs.lost() + Bridge.unaccounted(pairs.snapshot()));
        }
    }

    @Override
    public void workerFailed(String worker, Throwable cause) {
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
        LOG.error("{}: start barrier waits for {} ms, {} is at {}", name, waitedMs, inside.getName(), Place.of(stack));
    }
}
