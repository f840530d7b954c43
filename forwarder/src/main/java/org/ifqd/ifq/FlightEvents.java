package org.ifqd.ifq;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * The flight recorder's events of an interface. Off unless a recording asks for it by name, for example {@code
 * ifqd.Drain#enabled=true}; then one look at a flag is all that is left of them.
 *
 * <p><b>Threading:</b> any thread.
 */
final class FlightEvents {
    private FlightEvents() {}

    /**
     * An instance of each, kept only to ask whether it is enabled, so that nothing is allocated while it is not. A
     * class of its own: touching an event for the first time sets up the flight recorder, which would make up a tenth
     * of the start-up time.
     */
    private static final class Asked {
        private static final Drain DRAIN = new Drain();
        private static final OactiveSpell OACTIVE = new OactiveSpell();
        private static final BarrierWait BARRIER = new BarrierWait();
    }

    /** Begins an event, or answers null where nobody records it. */
    static Drain beginDrain() {
        if (!FlightRecorder.isInitialized() || !Asked.DRAIN.isEnabled()) {
            return null;
        }
        Drain event = new Drain();
        event.begin();
        return event;
    }

    static void oactiveEnded(String name, long sinceNs) {
        if (FlightRecorder.isInitialized() && Asked.OACTIVE.isEnabled()) {
            OactiveSpell event = new OactiveSpell();
            event.interfaceName = name;
            event.lasted = System.nanoTime() - sinceNs;
            event.commit();
        }
    }

    static BarrierWait beginBarrier() {
        if (!FlightRecorder.isInitialized() || !Asked.BARRIER.isEnabled()) {
            return null;
        }
        BarrierWait event = new BarrierWait();
        event.begin();
        return event;
    }

    @Name("ifqd.Drain")
    @Label("Drain")
    @Description("One run of an interface's start routine")
    @Category("ifqd")
    @Enabled(false)
    @StackTrace(false)
    static final class Drain extends Event {
        @Label("Interface")
        private String interfaceName;

        @Label("Frames")
        private int frames;

        void end(String name, int taken) {
            end();
            interfaceName = name;
            frames = taken;
            commit();
        }
    }

    @Name("ifqd.OactiveSpell")
    @Label("Oactive Spell")
    @Description("An interface's transmit ring was full, or the kernel had no buffer; recorded when it ended")
    @Category("ifqd")
    @Enabled(false)
    @StackTrace(false)
    static final class OactiveSpell extends Event {
        @Label("Interface")
        private String interfaceName;

        @Label("Lasted")
        @Timespan(Timespan.NANOSECONDS)
        private long lasted;
    }

    @Name("ifqd.BarrierWait")
    @Label("Barrier Wait")
    @Description("Somebody waited until no thread was in an interface's start routine")
    @Category("ifqd")
    @Enabled(false)
    @StackTrace(false)
    static final class BarrierWait extends Event {
        @Label("Interface")
        private String interfaceName;

        void end(String name) {
            end();
            interfaceName = name;
            commit();
        }
    }
}
