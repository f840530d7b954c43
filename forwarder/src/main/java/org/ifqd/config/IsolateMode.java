package org.ifqd.config;

import java.util.Locale;

/** Whether the host's own stack is kept away from the frames that arrive at the ports. */
public enum IsolateMode {
    /** Where it is possible, and where it is not, a warning; but not where the host's use is allowed. */
    AUTO,
    /** Or fail. */
    ON,
    OFF;

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
