package org.ifqd.probe;

/** A thread whose failure ends the others and is not lost. */
final class ProbeThread {
    private static final int LONGEST_NAME = 15; // the kernel's limit

    private final Thread thread;
    private Throwable failure;

    /** @param onFailure tells the others to stop */
    ProbeThread(String name, Runnable body, Runnable onFailure) {
        String shortName = name.substring(0, Math.min(name.length(), LONGEST_NAME));
        thread = Thread.ofPlatform().name(shortName).unstarted(() -> {
            try {
                body.run();
            } catch (RuntimeException | Error e) {
                failure = e;
                onFailure.run();
            }
        });
    }

    void start() {
        thread.start();
    }

    void join() throws InterruptedException {
        thread.join();
    }

    /** After {@link #join}. */
    void rethrow() {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }
}
