package org.ifqd.port;

import java.util.List;

/**
 * A port whose life is the same for every backend: the order of its steps, which is what makes it safe to unmap a ring,
 * stands here once. A backend supplies the steps: these methods, and those of its {@link DrivenLane}s.
 *
 * <p><b>Threading:</b> as {@link Port}; the abstract methods are called by the controlling thread.
 */
public abstract class DrivenPort implements Port {
    private final PortTaps taps = new PortTaps();
    private final PortLife life;
    private final String name;

    /** @param name of the port in the configuration */
    protected DrivenPort(String name) {
        this.name = name;
        this.life = new PortLife(name);
    }

    @Override
    public abstract List<? extends DrivenLane> lanes();

    /** From now on the kernel adds frames to the receive rings. */
    protected abstract void startReceiving();

    /** From now on it adds none; those in the rings can still be received. */
    protected abstract void stopReceiving();

    /** Unmaps the rings and closes the sockets; last of all, once. */
    protected abstract void release();

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final PortState state() {
        return life.state();
    }

    @Override
    public final PortTaps taps() {
        return taps;
    }

    @Override
    public final void up() {
        if (life.state() != PortState.OPEN) {
            throw new IllegalStateException(name + ": up while " + life.state());
        }
        life.become(PortState.RUNNING); // before the rest: where that fails half way, close() must go by way of down()
        for (DrivenLane lane : lanes()) {
            lane.startCompletion();
            lane.ifnet().up();
        }
        startReceiving();
    }

    @Override
    public final void pause(PortState why) {
        if (!why.isPaused() || !life.mayBecome(why)) {
            return;
        }
        if (life.state() == PortState.RUNNING) {
            clearRunning();
            lanes().forEach(DrivenPort::empty);
        }
        if (why == PortState.SUSPENDED) {
            stopReceiving();
        } else if (life.state() == PortState.SUSPENDED) {
            startReceiving();
        }
        life.become(why);
    }

    @Override
    public final void resume() {
        if (!life.state().isPaused() || !life.mayBecome(PortState.RUNNING)) {
            return;
        }
        if (life.state() == PortState.SUSPENDED) {
            startReceiving();
        }
        life.become(PortState.RUNNING);
        lanes().forEach(lane -> lane.ifnet().up());
    }

    @Override
    public final void down() {
        if (!life.mayBecome(PortState.STOPPED)) {
            return;
        }
        stopReceiving();
        clearRunning();
        for (DrivenLane lane : lanes()) {
            lane.stopCompletion(); // a restart after the barrier would be harmless, a look at an unmapped ring
            // would not
            empty(lane);
        }
        life.become(PortState.STOPPED);
    }

    @Override
    public final void close() {
        down();
        if (life.state() != PortState.CLOSED) {
            life.become(PortState.CLOSED);
            release();
        }
    }

    private void clearRunning() {
        lanes().forEach(lane -> lane.ifnet().clearRunning());
    }

    private static void empty(DrivenLane lane) {
        lane.quiesce();
        lane.discard();
        lane.ifnet().purge();
    }
}
