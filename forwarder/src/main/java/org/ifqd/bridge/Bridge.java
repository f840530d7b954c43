package org.ifqd.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ifqd.ifq.Ifnet;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.ifq.Serializer;
import org.ifqd.port.Lane;
import org.ifqd.port.Port;
import org.ifqd.port.Receiver;
import org.ifqd.watchdog.Activity;
import org.ifqd.watchdog.Progress;

/**
 * Two ports, cross-connected, and the workers between them.
 *
 * <p><b>Life:</b> {@link #start}, then {@link #drain}, then {@link #close}. <b>Threading:</b> those three by one
 * thread; {@link #snapshot} by any, at any time. <b>Owns:</b> both ports and all workers.
 */
public final class Bridge implements AutoCloseable {
    /** How long a close may wait for the workers when there was no drain. */
    private static final long CLOSE_MS = 1_000;

    private final Port first;
    private final Port second;
    private final LoopGuard guard;
    private final List<PairForwarder> forwarders = new ArrayList<>();
    private final List<ReceiveWorker> firstWorkers;
    private final List<ReceiveWorker> secondWorkers;
    private final List<ReceiveThread> threads;
    private final Object watched = new Object();
    private boolean started;

    /** From now on the receivers may be closed: they are not woken any more. Written under {@link #watched}. */
    private boolean stopped;

    /**
     * Takes over two ports that are OPEN.
     *
     * @param policy for link-local protocols
     * @param log gets a line when the ports turn out to be connected with each other, and when they no longer are
     * @param onFailure told the worker's name and why it died
     */
    public Bridge(
            Port first,
            Port second,
            LinkLocalPolicy policy,
            Consumer<String> log,
            BiConsumer<String, Throwable> onFailure) {
        this.first = first;
        this.second = second;
        this.guard =
                new LoopGuard(this::probe, line -> log.accept(first.name() + " <-> " + second.name() + ": " + line));
        this.firstWorkers = workers(0, first, second, policy);
        this.secondWorkers = workers(1, second, first, policy);
        List<ReceiveWorker> all = new ArrayList<>(firstWorkers);
        all.addAll(secondWorkers);
        this.threads = ReceiveThread.of(all, Runtime.getRuntime().availableProcessors(), onFailure);
    }

    /** Each with a lane of the other port for itself, as far as that has so many. */
    private List<ReceiveWorker> workers(int number, Port port, Port egress, LinkLocalPolicy policy) {
        List<ReceiveWorker> workers = new ArrayList<>();
        for (Receiver receiver : port.receivers()) {
            int i = workers.size();
            Lane lane = egress.lanes().get(i % egress.lanes().size());
            PairForwarder forwarder = new PairForwarder(number, lane, policy, guard);
            forwarders.add(forwarder);
            String name = "rx-" + port.name() + (port.receivers().size() > 1 ? "." + i : "");
            workers.add(new ReceiveWorker(name, receiver, forwarder));
        }
        return workers;
    }

    private void probe(LoopProbe probe) {
        first.inject(probe.frame(0));
        second.inject(probe.frame(1));
    }

    /** Another policy for link-local protocols, from now on; no frame is lost by the change. Any thread. */
    public void policy(LinkLocalPolicy next) {
        forwarders.forEach(forwarder -> forwarder.policy(next));
    }

    /** Brings both ports up. On return frames flow. */
    public void start() {
        started = true;
        threads.forEach(ReceiveThread::start);
        first.up();
        second.up();
        guard.start();
    }

    /**
     * Stops receiving, sends everything that was received before, and brings both ports down. What cannot be sent
     * within the time is purged and counted.
     *
     * @return the name of a worker that did not end within the time, so that the bridge must not be closed, or an empty
     *     string
     */
    public String drain(long timeoutMs) {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        guard.close();
        first.receivers().forEach(receiver -> stop(receiver, deadlineNs));
        second.receivers().forEach(receiver -> stop(receiver, deadlineNs));
        firstWorkers.forEach(ReceiveWorker::drain);
        secondWorkers.forEach(ReceiveWorker::drain);
        for (ReceiveThread thread : threads) {
            if (!thread.join(TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime()))) {
                return thread.name();
            }
        }
        while (hasWork() && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1)); // the completion threads are sending
        }
        first.down();
        second.down();
        synchronized (watched) {
            stopped = true;
        }
        return "";
    }

    /** The kernel may have no memory for the filter that keeps frames away, for a moment. */
    private static void stop(Receiver receiver, long deadlineNs) {
        while (true) {
            try {
                receiver.stopReceiving();
                return;
            } catch (RuntimeException e) {
                if (System.nanoTime() - deadlineNs > 0) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    /** Whether forwarding is stopped because the ports are connected with each other. */
    public boolean isLooped() {
        return guard.isLooped();
    }

    /**
     * The activities that have to move, for {@link Progress}, until a drain has ended well: it may hang itself. Any
     * thread.
     */
    public List<Activity> activities() {
        List<Activity> all = new ArrayList<>();
        synchronized (watched) {
            if (!stopped) {
                firstWorkers.forEach(worker -> all.add(worker.activity()));
                secondWorkers.forEach(worker -> all.add(worker.activity()));
                ifnets().forEach(ifnet -> addEgress(all, ifnet));
            }
        }
        return all;
    }

    private static void addEgress(List<Activity> all, Ifnet ifnet) {
        Thread inside = ifnet.inside(); // looked at before the counters: what they say is then not older
        QueueCounters queue = ifnet.queue().counters();
        Serializer.Counters serializer = ifnet.serializerCounters();
        long left = queue.departed();
        all.add(new Activity(
                "start routine of " + ifnet.name(),
                inside != null,
                left + serializer.enters() + serializer.spins(),
                inside));
        all.add(new Activity("send queue of " + ifnet.name(), queue.queued() > 0, left, null));
    }

    /** The first and the second port. */
    public List<Port> ports() {
        return List.of(first, second);
    }

    private boolean hasWork() {
        return ifnets().anyMatch(ifnet -> ifnet.queue().hasWork());
    }

    /** The lanes of both ports. */
    private Stream<Ifnet> ifnets() {
        return ports().stream().map(Port::lanes).flatMap(List::stream).map(Lane::ifnet);
    }

    /** The counters of both ports. Each lane's queue is consistent in itself; so is {@link #unaccounted}. */
    public List<PortSnapshot> snapshot() {
        List<LaneSnapshot> towardsFirst =
                first.lanes().stream().map(LaneSnapshot::of).toList();
        List<LaneSnapshot> towardsSecond =
                second.lanes().stream().map(LaneSnapshot::of).toList();
        return List.of(
                snapshot(first, firstWorkers, towardsFirst, towardsSecond),
                snapshot(second, secondWorkers, towardsSecond, towardsFirst));
    }

    private static PortSnapshot snapshot(
            Port port, List<ReceiveWorker> workers, List<LaneSnapshot> own, List<LaneSnapshot> peer) {
        List<WorkerSnapshot> read =
                workers.stream().map(ReceiveWorker::snapshot).toList();
        QueueCounters received = LaneSnapshot.queue(peer);
        return new PortSnapshot(
                port.name(),
                port.backend(),
                port.state(),
                received.received(),
                received.receivedBytes(),
                read.stream().mapToLong(WorkerSnapshot::kernelDrops).sum(),
                LaneSnapshot.queue(own),
                port.offloads(),
                LaneSnapshot.serializer(own),
                port.latency(),
                read,
                own);
    }

    /** Frames that no book knows of: received, but neither sent nor dropped nor queued. 0 unless there is a defect. */
    public static long unaccounted(List<PortSnapshot> ports) {
        long sum = 0;
        for (PortSnapshot port : ports) {
            sum += port.queue().unaccounted();
        }
        return sum;
    }

    /**
     * Frames that the workers have read from the rings and that are not in the queues' books, counted apart from them.
     * 0 unless there is a defect. After {@link #drain}.
     */
    public long unbooked() {
        if (!stopped) {
            throw new IllegalStateException("the workers are still running");
        }
        long read = Stream.of(firstWorkers, secondWorkers)
                .flatMap(List::stream)
                .mapToLong(ReceiveWorker::frames)
                .sum();
        return read
                - ifnets().mapToLong(ifnet -> ifnet.queue().counters().received())
                        .sum();
    }

    /**
     * Unmaps and closes both ports. A bridge that was started and not drained is drained first, since its workers read
     * the rings: whoever closes because something failed need not know how far it came.
     *
     * @throws IllegalStateException when a worker does not end; the rings stay mapped then
     */
    @Override
    public void close() {
        if (started && !stopped) {
            String stuck = drain(CLOSE_MS);
            if (!stuck.isEmpty()) {
                throw new IllegalStateException(stuck + " does not end: its ring must stay mapped");
            }
        }
        first.down(); // both before the first close: frames of one port's ring may be in the other one's queue
        second.down();
        first.close();
        second.close();
    }
}
