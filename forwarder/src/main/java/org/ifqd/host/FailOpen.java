package org.ifqd.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ifqd.config.OnFailure;
import org.ifqd.config.PairSettings;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code on-failure = "kernel-bridge"}: what is to be joined if ifqd dies, and what was joined when it last did.
 *
 * <p>A file beside the control socket names the pairs, a line each. It is there while ifqd forwards and has not been
 * asked to stop; the service's ExecStopPost ({@code systemd/fail-open}) reads it when ifqd has ended, and joins the
 * ports of each pair in a kernel bridge. The bridge is known by its alias; the next start takes it down when it takes
 * its ports over.
 *
 * <p><b>Threading:</b> the controlling thread.
 */
public final class FailOpen {
    /** The suffix behind the path of the control socket. */
    static final String SUFFIX = ".fail-open";

    private static final Logger LOG = LoggerFactory.getLogger(FailOpen.class);

    private final Path file;

    /** Null: nobody knows what is there. */
    private Set<String> written;

    private boolean isOver;

    /** @param control path of the control socket */
    public FailOpen(Path control) {
        this.file = control.resolveSibling(control.getFileName() + SUFFIX);
    }

    /**
     * From now on these pairs are to be joined. Costs nothing when that is what is written already.
     *
     * @param pairs the interfaces of each, by the names that they have now
     */
    public void keep(List<List<String>> pairs) {
        write(pairs.stream().map(FailOpen::line).collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    /** ifqd was asked to stop: nothing is to pass afterwards. */
    public void end() {
        write(Set.of());
        isOver = true;
    }

    private static String line(List<String> names) {
        return String.join(" ", names);
    }

    private void write(Set<String> wanted) {
        if (isOver || wanted.equals(written)) {
            return;
        }
        try {
            if (wanted.isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                Files.createDirectories(file.getParent());
                NewFile.replace(file, String.join("\n", wanted) + "\n");
            }
        } catch (IOException e) {
            LOG.warn("on-failure: {} cannot be written, so that it may not hold: {}", file, e.toString());
        }
        written = wanted; // also if it failed: that is said once
    }

    /**
     * Takes down the bridges of a dead ifqd that these links are ports of. From here to the pair's start nothing
     * passes; should ifqd not come that far, they are joined again.
     *
     * @return the links as they are then
     */
    public List<Link> takeOver(Rtnetlink rtnetlink, PairSettings pair, List<Link> links) {
        boolean isTaken = false;
        for (Link link : links) {
            // asked anew: the first port's bridge may have been the second one's
            Optional<Link> bridge = rtnetlink.link(link.index()).flatMap(now -> FailOpenBridge.of(rtnetlink, now));
            if (bridge.isPresent()) {
                if (pair.pair().onFailure() == OnFailure.KERNEL_BRIDGE) {
                    Set<String> more = new LinkedHashSet<>(written == null ? Set.of() : written);
                    more.add(line(List.of(pair.pair().first(), pair.pair().second())));
                    write(more);
                }
                rtnetlink.remove(bridge.get());
                LOG.info(
                        "{}: taken over from the kernel bridge {}",
                        link.name(),
                        bridge.get().name());
                isTaken = true;
            }
        }
        if (!isTaken) {
            return links;
        }
        List<Link> now = new ArrayList<>();
        links.forEach(link -> rtnetlink.link(link.index()).ifPresent(now::add));
        return now;
    }
}
