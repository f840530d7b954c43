package org.ifqd.port;

/**
 * The state of one port, which goes only where {@link PortState#mayBecome} lets it: a step that is forbidden is a
 * defect and throws before anything is unmapped or closed, instead of being taken.
 *
 * <p><b>Threading:</b> {@link #become} by the controlling thread, {@link #state} by any.
 */
public final class PortLife {
    private final String name;
    private volatile PortState state = PortState.OPEN;

    /** @param name of the port, for the message */
    public PortLife(String name) {
        this.name = name;
    }

    public PortState state() {
        return state;
    }

    /** Whether the next step may lead there. */
    public boolean mayBecome(PortState next) {
        return state.mayBecome(next);
    }

    /** @throws IllegalStateException for a step that may never be; the state is then as before */
    public void become(PortState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException(name + ": " + state + " must not become " + next);
        }
        state = next;
    }
}
