package org.ifqd.daemon;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.FinalTable;
import org.ifqd.bridge.Rehearsal;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.PairSettings;
import org.ifqd.control.ControlServer;
import org.ifqd.control.TapCommand;
import org.ifqd.host.FailOpen;
import org.ifqd.host.OffloadFixes;
import org.ifqd.host.Preflight;
import org.ifqd.ifq.StartWorker;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Scheduling;
import org.ifqd.linux.control.ServiceNotifier;
import org.ifqd.log.DropWatch;
import org.ifqd.log.LogSettings;
import org.ifqd.metrics.MetricsServer;
import org.ifqd.service.Supervision;
import org.ifqd.watchdog.Activity;
import org.ifqd.watchdog.Halt;
import org.ifqd.watchdog.StackLines;
import org.ifqd.watchdog.Watchdog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon, from opening its pairs to the final table: puts its parts together, and takes them apart in reverse.
 *
 * <p><b>Threading:</b> {@link #run} by one thread, which becomes the {@link ControlThread}. {@link #stop} and
 * {@link #reload} from any, at any time.
 */
public final class BridgeDaemon implements DaemonEvents {
    private static final Logger LOG = LoggerFactory.getLogger(BridgeDaemon.class);

    private final Libc libc;
    private final Rehearsal rehearsal;
    private final DaemonConfig config;
    private final Supplier<DaemonConfig> source;
    private final PrintWriter out;
    private final ControlThread thread = new ControlThread();
    private Scheduling scheduling = Scheduling.NONE;
    private boolean isWarm;
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
            rehearsal.begin(config.usesXdp());
            return runWatched(offloads);
        }
    }

    private int runWatched(OffloadFixes offloads) {
        ServiceNotifier notifier =
                ServiceNotifier.open(System.getenv(), LOG::warn).orElse(null);
        OptionalLong managerNs = notifier == null ? OptionalLong.empty() : notifier.watchdogNs();
        try (Watchdog watchdog = new Watchdog(this::activities, config.watchdogNs(), managerNs, this::hung)) {
            thread.begin();
            watchdog.start();
            return run(offloads, watchdog, notifier);
        }
    }

    private int run(OffloadFixes offloads, Watchdog watchdog, ServiceNotifier notifier) {
        scheduling.applyToCollector(libc);
        try (StartWorker worker = StartWorker.open("ifq-softnet", () -> scheduling.applyToThisThread(libc));
                Pairs pairs = new Pairs(
                        new PortOpener(libc, worker, scheduling, this), new FailOpen(config.control()), offloads);
                Supervision manager = Supervision.of(notifier, pairs, watchdog::stuck)) {
            watched = pairs;
            pairs.apply(config);
            try (LinkFollower links = new LinkFollower(libc, pairs, thread, this::opened)) {
                Reload reload = new Reload(
                        config,
                        source,
                        pairs,
                        manager,
                        next -> {
                            watchdog.limit(next.watchdogNs());
                            links.look();
                        },
                        () -> tellReady(manager));
                reloading = () -> thread.post(reload::reloadAndLog);
                rehearsal.frames().whenComplete((frames, failure) -> thread.post(() -> warm(pairs, manager, failure)));
                return serve(pairs, links, reload, () -> {
                    watchdog.stopping();
                    manager.stopping();
                });
            }
        }
    }

    /**
     * Serves until it is asked to stop, and while it drains.
     *
     * @param onStopping called when it was asked to stop
     */
    private int serve(Pairs pairs, LinkFollower links, Reload reload, Runnable onStopping) {
        LiveStats stats = new LiveStats(pairs);
        ControlCommands commands = new ControlCommands(thread, pairs, reload);
        DropWatch drops = new DropWatch(pairs::snapshot);
        Optional<MetricsServer> metrics = Optional.empty();
        try (ControlServer control = new ControlServer(config.controlSocket(), commands.all(stats))) {
            control.addStream("tap", new TapCommand(pairs::find));
            links.look();
            metrics = config.metrics()
                    .map(address -> MetricsServer.open(address, pairs::snapshot, stats.page(libc, reload::config)));
            pairs.keepFailOpen();
            thread.end();
            thread.serve(new PairChores(pairs, links));
            thread.begin();
            onStopping.run();
            return end(pairs);
        } finally {
            drops.close();
            metrics.ifPresent(MetricsServer::close);
        }
    }

    /** Frames have been flowing already; now the code that moves them is compiled. */
    private void warm(Pairs pairs, Supervision manager, Throwable failure) {
        if (failure != null) {
            LOG.error("the rehearsal of the data path failed", failure);
        }
        isWarm = true;
        pairs.running().forEach(this::printState);
        tellReady(manager);
    }

    private void tellReady(Supervision manager) {
        if (isWarm) {
            manager.ready();
        }
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

    /** Reads the configuration again, soon; the log tells what became of it. */
    public void reload() {
        reloading.run();
    }

    /** Asks the daemon to drain and end. */
    public void stop() {
        thread.stop();
    }

    private int end(Pairs pairs) {
        if (!failed) {
            pairs.endFailOpen();
        }
        String stuck = pairs.end();
        FinalTable.print(out, pairs.snapshot(), pairs.lost());
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
        thread.post(() -> {}); // what is kept for a failure is looked at after each request
    }

    private static String stackOf(String thread, Pairs pairs) {
        return pairs.activities().stream()
                .map(Activity::thread)
                .filter(each -> each != null && each.getName().equals(thread))
                .findFirst()
                .map(each -> "it is at " + StackLines.stack(each))
                .orElse("it has ended since");
    }

    @Override
    public void step(PairSettings pair) {
        thread.step(pair.pair().toString());
    }

    private List<Activity> activities() {
        List<Activity> all = new ArrayList<>();
        all.add(thread.activity());
        Pairs pairs = watched;
        if (pairs != null) {
            all.addAll(pairs.activities());
        }
        return all;
    }

    /** Something hangs that nobody can interrupt. */
    private void hung(String where) {
        Halt.after(
                () -> LOG.error("{}; a call that hangs cannot be interrupted: the process ends, status 1", where),
                this::printBooks);
    }

    private void printBooks() {
        Pairs pairs = watched;
        if (pairs != null) {
            FinalTable.print(out, pairs.snapshot(), pairs.lost() + Bridge.unaccounted(pairs.snapshot()));
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
        LOG.error(
                "{}: start barrier waits for {} ms, {} is at {}",
                name,
                waitedMs,
                inside.getName(),
                StackLines.of(stack));
    }
}
