package org.ifqd.config;

/**
 * Two ports that are cross-connected.
 *
 * @param first name of one port
 * @param second name of the other
 * @param mirrorLink when one port loses its carrier, the other is taken down, so that the neighbours there notice
 * @param waits start without interfaces that are not there, or down, and take them in when they come
 * @param onFailure what becomes of the pair when ifqd dies
 */
public record PairConfig(String first, String second, boolean mirrorLink, boolean waits, OnFailure onFailure) {
    /** @throws ConfigException for the same port twice */
    public PairConfig {
        if (first.equals(second)) {
            throw new ConfigException(first + " is given twice; a bridge needs two different interfaces");
        }
    }

    /** A pair that lets nothing pass when ifqd dies. */
    public PairConfig(String first, String second, boolean mirrorLink, boolean waits) {
        this(first, second, mirrorLink, waits, OnFailure.BLOCK);
    }

    /** A pair with the defaults. */
    public PairConfig(String first, String second) {
        this(first, second, false, false);
    }

    @Override
    public String toString() {
        return first + " <-> " + second;
    }
}
