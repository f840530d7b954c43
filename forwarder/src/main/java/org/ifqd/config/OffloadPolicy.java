package org.ifqd.config;

import java.util.Locale;

/** The policy towards settings of an interface that merge or alter frames before ifqd sees them. */
public enum OffloadPolicy {
    /** Nothing: whoever looks after the interface knows. */
    KEEP,
    /** Say so; but refuse what cannot be forwarded at all. */
    WARN,
    /** Refuse them. */
    FAIL,
    /** Switch them off, and on again at the end. */
    FIX;

    /** The name on the command line and in the file. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
