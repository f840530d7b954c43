package org.ifqd.config;

/** Whether AF_XDP may, must or must not do without a copy. The names are those of the command line. */
public enum ZeroCopy {
    /** Where the drivers of the pair have it. */
    auto,
    /** Or not at all. */
    on,
    /** Never: for a driver whose zero-copy is broken. */
    off
}
