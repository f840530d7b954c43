package org.ifqd.config;

/**
 * Two ports that are cross-connected.
 *
 * @param first name of one port
 * @param second name of the other
 */
public record PairConfig(String first, String second) {
    /** @throws ConfigException for the same port twice */
    public PairConfig {
        if (first.equals(second)) {
            throw new ConfigException(first + " is given twice; a bridge needs two different interfaces");
        }
    }

    @Override
    public String toString() {
        return first + " <-> " + second;
    }
}
