package org.ifqd.control;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.ifqd.linux.pcap.FilterCompiler;
import org.ifqd.linux.pcap.FrameFilter;
import org.ifqd.port.Port;

/**
 * The command {@code tap}: copies of a port's frames as a stream.
 *
 * <pre>
 *   {"command":"tap","port":"eth1","direction":"in|out|both","filter":"EXPR","count":N}
 *   {"tap":"eth1","direction":"in"}                      and then as TapStream says
 * </pre>
 *
 * <p><b>Threading:</b> any thread.
 */
public final class TapCommand implements StreamCommand {
    /** Bytes of one tap's ring. */
    static final int RING_BYTES = 8 << 20;

    private static final int MOST_TAPS = 4;

    private final Function<String, Port> ports;
    private final Semaphore free = new Semaphore(MOST_TAPS);

    /** @param ports the port of a name as it is now, or null; called on any thread */
    public TapCommand(Function<String, Port> ports) {
        this.ports = ports;
    }

    @Override
    public Stream open(Map<String, Object> request) {
        String name = String.valueOf(request.get("port"));
        if (ports.apply(name) == null) {
            throw new IllegalArgumentException("no port " + name + " is bridged here; see ifqd stats");
        }
        TapDirection direction = direction(request.getOrDefault("direction", TapDirection.in.name()));
        long limit = count(request.get("count"));
        Object expression = request.getOrDefault("filter", "");
        FrameFilter filter = "".equals(expression) ? null : FilterCompiler.forFrames(String.valueOf(expression));
        if (!free.tryAcquire()) {
            throw new IllegalArgumentException(MOST_TAPS + " taps are open already; end one");
        }
        try {
            TapRing ring = new TapRing(RING_BYTES, filter, limit);
            return new TapStream(name, direction, () -> ports.apply(name), ring, free::release);
        } catch (RuntimeException | OutOfMemoryError e) { // no memory for the ring: the next one may have it
            free.release();
            throw e;
        }
    }

    private static TapDirection direction(Object text) {
        for (TapDirection direction : TapDirection.values()) {
            if (direction.isNamed(text)) {
                return direction;
            }
        }
        throw new IllegalArgumentException(
                "no direction '" + text + "'; there are: " + Arrays.toString(TapDirection.values()));
    }

    private static long count(Object value) {
        if (value == null) {
            return Long.MAX_VALUE;
        }
        if (value instanceof Number number && number.longValue() > 0) {
            return number.longValue();
        }
        throw new IllegalArgumentException("count " + value + " is not a number above 0");
    }
}
