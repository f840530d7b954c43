package org.ifqd.watchdog;

import java.util.ArrayList;
import java.util.List;

/** Where a thread is, for a line of log. */
public final class StackLines {
    /** Frames of a stack that are told: the innermost ones, which say where it hangs. */
    private static final int FRAMES = 12;

    private StackLines() {}

    /** The innermost place in ifqd: above it is only the machinery of the call into the C library. */
    public static String of(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (isOurs(frame)) {
                return frame.toString();
            }
        }
        return stack.length == 0 ? "its end" : stack[0].toString();
    }

    /** As {@link #of(StackTraceElement[])}, of a thread, now. */
    public static String of(Thread thread) {
        return of(thread.getStackTrace());
    }

    /** The places in ifqd, from the innermost to the outermost, on one line; of a thread that is not in ifqd, all. */
    public static String stack(Thread thread) {
        StackTraceElement[] all = thread.getStackTrace();
        List<String> frames = new ArrayList<>();
        for (StackTraceElement frame : all) {
            if (isOurs(frame)) {
                frames.add(frame.toString());
            }
        }
        if (frames.isEmpty()) {
            for (StackTraceElement frame : all) {
                frames.add(frame.toString());
            }
        }
        return frames.isEmpty() ? "its end" : String.join(" < ", frames.subList(0, Math.min(FRAMES, frames.size())));
    }

    private static boolean isOurs(StackTraceElement frame) {
        return frame.getClassName().startsWith("org.ifqd.");
    }
}
