package org.ifqd.config;

import org.ifqd.ifq.StartMode;
import org.ifqd.port.PortOptions;

/**
 * One port as the user wants it.
 *
 * @param name of the interface, for example {@code eth0}
 * @param backend how its frames are read and sent
 * @param options its sizes, and where its workers run
 * @param start where its start routine runs
 * @param filter only frames that match are received, an expression of pcap-filter(7); empty: all
 * @param offloads what to do about settings of the interface that merge or alter frames
 * @param zeroCopy of AF_XDP
 * @param channels of AF_XDP
 */
public record PortConfig(
        String name,
        Backend backend,
        PortOptions options,
        StartMode start,
        String filter,
        OffloadPolicy offloads,
        ZeroCopy zeroCopy,
        ChannelPolicy channels) {
    /** All defaults. */
    public static PortConfig of(String name) {
        return of(name, OffloadPolicy.WARN);
    }

    /** All other defaults. */
    public static PortConfig of(String name, OffloadPolicy offloads) {
        return new PortConfig(
                name,
                Backend.auto,
                PortOptions.DEFAULT,
                StartMode.DIRECT,
                "",
                offloads,
                ZeroCopy.auto,
                ChannelPolicy.REFUSE);
    }

    /** The same over AF_XDP, with a queue that copies fill. */
    public PortConfig overXdp() {
        PortOptions shorter = options.queueCapacity() > PortOptions.QUEUE_OF_COPIES
                ? options.withQueue(PortOptions.QUEUE_OF_COPIES)
                : options;
        return new PortConfig(name, Backend.af_xdp, shorter, start, filter, offloads, zeroCopy, channels);
    }

    /** Whether it is opened over AF_XDP by its own word. */
    public boolean usesXdp() {
        return backend == Backend.af_xdp;
    }
}
