package org.ifqd.watchdog;

import java.util.concurrent.TimeUnit;

/** The end of a process that cannot end by itself: something in it hangs. */
public final class Halt {
    /** For what is still to be said: who reads it may hang as well. */
    private static final long SAY_MS = TimeUnit.SECONDS.toMillis(2);

    private Halt() {}

    /**
     * Says something, where that is possible within a short time, and ends the process with status 1, without shutdown
     * hooks. The kernel takes back what it held.
     *
     * @param words said in order, each on its own thread, so that one that hangs does not keep back the next
     */
    public static void after(Runnable... words) {
        try {
            for (Runnable each : words) {
                Thread speaker =
                        Thread.ofPlatform().name("ifqd-last-words").daemon().start(each);
                speaker.join(SAY_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it ends now
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }
}
