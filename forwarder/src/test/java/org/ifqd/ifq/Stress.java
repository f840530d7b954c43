package org.ifqd.ifq;

/** How long the stress tests run: {@code -Difqd.stress=N} multiplies the rounds of the normal build by N. */
final class Stress {
    private static final double FACTOR = Double.parseDouble(System.getProperty("ifqd.stress", "1"));

    private Stress() {}

    /** @param inBuild rounds in the normal build */
    static int rounds(int inBuild) {
        return (int) Math.max(1, inBuild * FACTOR);
    }
}
