package org.ifqd.control;

/** Which frames of a port a tap sees. The names are those of the command line. */
public enum TapDirection {
    /** Frames that it receives. */
    in,
    /** Frames that are sent through it. */
    out,
    both;

    boolean isNamed(Object text) {
        return name().equals(text);
    }
}
