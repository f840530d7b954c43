package org.ifqd.ifq;

import java.util.Locale;

/** When and on which thread a start runs that {@link Ifnet#start} was asked for; the package's essay compares them. */
public enum StartMode {
    /** Now, on the caller: what the mail does. */
    DIRECT,
    /** Now at txmit queued frames or more; below, on the worker: tx mitigation. */
    BUNDLED,
    /** Always on the worker. */
    TASK;

    /** @throws IllegalArgumentException unless the name is one of {@code direct}, {@code bundled}, {@code task} */
    public static StartMode parse(String name) {
        for (StartMode mode : values()) {
            if (mode.toString().equals(name)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("start '" + name + "' is not one of direct, bundled, task");
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
