package org.ifqd.bridge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A thread of receive workers. One that sleeps has a thread of its own. Those that never sleep share a thread with all
 * that are to run on the same processor, in turns: the scheduler would give each of two such threads the processor for
 * milliseconds, while the other one's frames wait.
 *
 * <p><b>Threading:</b> all methods by the controlling thread.
 */
final class ReceiveThread implements Runnable {
    private final List<ReceiveWorker> workers;
    private final BiConsumer<String, Throwable> onFailure;
    private final Thread thread;

    /** @param onFailure told the thread's name and why it died, which is a defect */
    private ReceiveThread(List<ReceiveWorker> workers, BiConsumer<String, Throwable> onFailure) {
        this.workers = workers;
        this.onFailure = onFailure;
        this.thread = Thread.ofPlatform().name(name(workers)).daemon().unstarted(this);
        workers.forEach(worker -> worker.runsOn(thread));
    }

    /** At most 15 characters, as many as the kernel shows; of the longer ones it shows the beginning. */
    private static String name(List<ReceiveWorker> workers) {
        String name = workers.getFirst().name();
        return workers.size() == 1 ? name : name + "+" + (workers.size() - 1);
    }

    /**
     * Threads for workers.
     *
     * @param processors how many this process may use
     */
    static List<ReceiveThread> of(
            List<ReceiveWorker> workers, int processors, BiConsumer<String, Throwable> onFailure) {
        List<ReceiveThread> threads = new ArrayList<>();
        Map<Integer, List<ReceiveWorker>> sharing = new HashMap<>();
        int place = 0;
        for (ReceiveWorker worker : workers) {
            if (!worker.isPolling()) {
                threads.add(new ReceiveThread(List.of(worker), onFailure));
            } else {
                int processor = worker.cpu() >= 0 ? worker.cpu() : -1 - place++ % processors;
                sharing.computeIfAbsent(processor, _ -> new ArrayList<>()).add(worker);
            }
        }
        sharing.values().forEach(together -> threads.add(new ReceiveThread(together, onFailure)));
        return threads;
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        try {
            workers.forEach(ReceiveWorker::begin);
            ReceiveWorker[] left = workers.toArray(ReceiveWorker[]::new);
            while (left.length > 0) {
                left = turn(left);
            }
        } catch (Throwable e) {
            onFailure.accept(thread.getName(), e);
        }
    }

    /** A turn of each one. Those that are not drained; the same array while none is. */
    static ReceiveWorker[] turn(ReceiveWorker[] workers) {
        ReceiveWorker[] left = workers;
        for (ReceiveWorker worker : workers) {
            if (!worker.turn()) {
                left = without(left, worker);
            }
        }
        return left;
    }

    private static ReceiveWorker[] without(ReceiveWorker[] workers, ReceiveWorker drained) {
        List<ReceiveWorker> left = new ArrayList<>(List.of(workers));
        left.remove(drained);
        return left.toArray(ReceiveWorker[]::new);
    }

    /** Waits for all of its workers to be drained. Returns false when they are not by then: it is stuck. */
    boolean join(long timeoutMs) {
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(Math.max(1, timeoutMs));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    String name() {
        return thread.getName();
    }
}
