package org.ifqd.port;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The resources that a port or a lane has opened, to be closed in reverse order: at the end, and when opening fails
 * half way.
 *
 * <p><b>Threading:</b> the controlling thread.
 */
public final class OwnedResources implements AutoCloseable {
    private final String owner;
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    /** @param owner name of the port or lane, for the message */
    public OwnedResources(String owner) {
        this.owner = owner;
    }

    /** Takes a resource over, and gives it back for use. */
    public <T extends AutoCloseable> T own(T resource) {
        resources.push(resource);
        return resource;
    }

    /** Closes all, the last one first. Idempotent. */
    @Override
    public void close() {
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException(owner + ": close failed", e);
            }
        }
    }
}
