package org.ifqd.config;

/** The fate of a pair when ifqd dies instead of being stopped. */
public enum OnFailure {
    /** Nothing passes until ifqd runs again. */
    BLOCK("block"),
    /** The service's ExecStopPost joins both ports in a bridge of the kernel, until ifqd takes them over again. */
    KERNEL_BRIDGE("kernel-bridge");

    private final String key;

    OnFailure(String key) {
        this.key = key;
    }

    /** The name in the file. */
    @Override
    public String toString() {
        return key;
    }
}
