package org.ifqd.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.ifqd.config.ChannelPolicy;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.OffloadPolicy;
import org.ifqd.config.PortConfig;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.InterfaceClaim;
import org.ifqd.linux.Libc;
import org.ifqd.linux.control.Channels;
import org.ifqd.linux.control.Ethtool;
import org.ifqd.linux.control.Feature;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Harmful offloads that this process has switched off, where the policy asks for it, and switches on again when the
 * port goes; and the number of queues, likewise. What a killed ifqd has left, in the same folder, is taken over, or put
 * back at once.
 *
 * <p>Only what is still off is switched on, so what somebody has switched on himself meanwhile is left alone. An
 * interface is changed only by whoever has claimed it ({@link InterfaceClaim}): several ifqd may share the folder.
 *
 * <p><b>Threading:</b> the controlling thread. <b>Owns:</b> the changes, and the files that tell of them.
 */
public final class OffloadFixes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OffloadFixes.class);

    private static final String UNREADABLE =
            "{} cannot be read, offloads that a killed ifqd has switched off may stay so (ethtool -k): {}";

    private final Libc libc;
    private final Path folder;

    /** By the interface's number. */
    private final Map<Integer, SavedOffloads> switchedOff = new LinkedHashMap<>();

    private OffloadFixes(Libc libc, Path folder) {
        this.libc = libc;
        this.folder = folder;
    }

    /**
     * Takes over what a killed ifqd has left.
     *
     * @param config its control socket's folder is where the files are; interfaces that its ports want changed stay so
     */
    public static OffloadFixes open(Libc libc, DaemonConfig config) {
        OffloadFixes fixes =
                new OffloadFixes(libc, config.control().toAbsolutePath().getParent());
        try {
            List<Path> files = SavedOffloads.files(fixes.folder);
            if (!files.isEmpty()) {
                Set<String> wanted = config.ports().stream()
                        .filter(port -> port.offloads() == OffloadPolicy.FIX || setsChannels(port))
                        .map(PortConfig::name)
                        .collect(Collectors.toSet());
                files.forEach(file -> fixes.takeOver(file, wanted));
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: what a killed ifqd may have left changed is not known: {}", fixes.folder, e.toString());
        }
        return fixes;
    }

    private void takeOver(Path file, Set<String> wanted) {
        try {
            SavedOffloads saved = SavedOffloads.read(file);
            if (!saved.boot().equals(SavedOffloads.thisBoot())) {
                Files.delete(file);
            } else if (saved.namespace().equals(SavedOffloads.thisNamespace()) && !isClaimed(saved)) {
                takeOver(saved, wanted);
            }
        } catch (AccessDeniedException e) {
            LOG.warn(UNREADABLE, file, e.getMessage());
        } catch (IOException e) {
            LOG.warn(UNREADABLE, file, e.getMessage().lines().findFirst().orElse(""));
            discard(file);
        }
    }

    private void takeOver(SavedOffloads saved, Set<String> wanted) {
        switchedOff.put(saved.index(), saved);
        if (find(saved).filter(link -> wanted.contains(link.name())).isEmpty()) {
            restore(saved);
        } else {
            LOG.info("{}: a killed ifqd has left {} off; on again when this one ends", saved.name(), saved.features());
        }
    }

    /** Whether another process, or a port of ours, has the interface. */
    private boolean isClaimed(SavedOffloads saved) {
        try (InterfaceClaim _ = InterfaceClaim.open(libc, saved.name(), saved.index())) {
            return false;
        } catch (ErrnoException e) {
            return e.errno() == Errno.EADDRINUSE;
        }
    }

    private Optional<Link> find(SavedOffloads saved) {
        try (Rtnetlink rtnetlink = new Rtnetlink(libc)) {
            return rtnetlink.link(saved.index()).filter(saved::isOf);
        }
    }

    private static boolean setsChannels(PortConfig port) {
        return port.usesXdp() && port.channels() == ChannelPolicy.FIX;
    }

    /**
     * Switches harmful offloads off, and sets the number of queues, if the port's policies say so; the port is not
     * open.
     *
     * @param link its interface
     * @throws ConfigException when what breaks traffic cannot be switched off, or it cannot be kept in mind
     * @throws ErrnoException without the privilege
     */
    public void apply(PortConfig port, Link link) {
        if (port.offloads() != OffloadPolicy.FIX && !setsChannels(port)) {
            return;
        }
        giveBack(port, link);
        try (Ethtool ethtool = Ethtool.open();
                InterfaceClaim _ = InterfaceClaim.open(libc, link.name(), link.index())) {
            if (setsChannels(port)) {
                setChannels(ethtool, link, port.options().workers());
            }
            List<HarmfulOffload> harmful = port.offloads() != OffloadPolicy.FIX
                    ? List.of()
                    : OffloadCheck.find(ethtool, port, link.name()).stream()
                            .filter(offload -> !offload.fixed())
                            .toList();
            if (!harmful.isEmpty()) {
                switchOff(ethtool, link, harmful);
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EADDRINUSE) { // another ifqd's interface: the port, when it is opened, says so
                throw e;
            }
        }
    }

    private void setChannels(Ethtool ethtool, Link link, int workers) {
        int before = ethtool.channels(link.name()).map(Channels::rxQueues).orElse(1);
        if (before == workers) {
            return;
        }
        keepInMind(link, saved -> saved.and(new SavedOffloads.SetChannels(before, workers)));
        try {
            if (ethtool.setRxQueues(link.name(), workers)) {
                LOG.info("{}: {} instead of {} receive queues, until ifqd ends", link.name(), workers, before);
            }
        } catch (ErrnoException e) {
            throw new ConfigException("%s cannot have %d receive queues (%s): --workers %d"
                    .formatted(link.name(), workers, e.getMessage(), before));
        }
    }

    /** What was changed for another backend. */
    private void giveBack(PortConfig port, Link link) {
        SavedOffloads saved = switchedOff.get(link.index());
        if (saved != null) {
            try (Ethtool ethtool = Ethtool.open()) {
                String driver = OffloadCheck.driver(ethtool, link.name());
                if (!HarmfulOffload.features(port.backend(), driver).containsAll(saved.features())
                        || saved.channels().isPresent() && !setsChannels(port)) {
                    restore(saved);
                }
            }
        }
    }

    private void switchOff(Ethtool ethtool, Link link, List<HarmfulOffload> harmful) {
        Set<String> features = new TreeSet<>();
        harmful.forEach(offload -> features.add(offload.feature()));
        keepInMind(link, saved -> saved.and(features));
        Set<String> refused = ethtool.setFeatures(link.name(), all(features, false));
        List<HarmfulOffload> left = harmful.stream()
                .filter(offload -> refused.contains(offload.feature()))
                .toList();
        if (left.stream().anyMatch(HarmfulOffload::breaks)) {
            throw new ConfigException(
                    link.name() + " has " + HarmfulOffload.describe(left) + "; the driver has not switched it off");
        }
        if (!left.isEmpty()) {
            LOG.warn("{}: the driver has not switched off {}", link.name(), HarmfulOffload.describe(left));
        }
        features.removeAll(refused);
        if (!features.isEmpty()) {
            LOG.info("{}: {} switched off, until ifqd ends", link.name(), String.join(", ", features));
        }
    }

    private void keepInMind(Link link, UnaryOperator<SavedOffloads> more) {
        try {
            SavedOffloads before = switchedOff.get(link.index());
            SavedOffloads saved = more.apply(before != null && before.isOf(link) ? before : SavedOffloads.of(link));
            saved.write(folder);
            switchedOff.put(link.index(), saved);
        } catch (IOException e) {
            throw new ConfigException("cannot keep in mind, in " + folder + ", what is changed at interfaces: " + e
                    + "; give another --control");
        }
    }

    private static Map<String, Boolean> all(Set<String> features, boolean on) {
        return features.stream().collect(Collectors.toMap(feature -> feature, feature -> on));
    }

    /**
     * Switches on again what was switched off at all interfaces but these; their ports are closed.
     *
     * @param indexes interfaces of ports that stay
     */
    public void retain(Set<Integer> indexes) {
        for (SavedOffloads saved : List.copyOf(switchedOff.values())) {
            if (!indexes.contains(saved.index())) {
                restore(saved);
            }
        }
    }

    private void restore(SavedOffloads saved) {
        switchedOff.remove(saved.index());
        try (Ethtool ethtool = Ethtool.open();
                InterfaceClaim _ = InterfaceClaim.open(libc, saved.name(), saved.index())) {
            Optional<Link> link = find(saved);
            if (link.isEmpty()) {
                LOG.info("{}: is gone, so its offloads need not be switched on again", saved.name());
            } else {
                switchOn(ethtool, link.get().name(), saved);
                saved.channels().ifPresent(set -> putBack(ethtool, link.get().name(), set));
            }
            discard(saved.file(folder));
        } catch (RuntimeException e) {
            LOG.error(
                    "{}: what was changed ({}) cannot be put back, the next ifqd will try: {}",
                    saved.name(),
                    saved.channels().isPresent() ? "queues, " + saved.features() : saved.features(),
                    e.getMessage());
        }
    }

    private static void putBack(Ethtool ethtool, String name, SavedOffloads.SetChannels set) {
        int now = ethtool.channels(name).map(Channels::rxQueues).orElse(set.before());
        if (now == set.ours() && now != set.before() && ethtool.setRxQueues(name, set.before())) {
            LOG.info("{}: {} receive queues again", name, set.before());
        }
    }

    private static void switchOn(Ethtool ethtool, String name, SavedOffloads saved) {
        Map<String, Feature> now = ethtool.features(name);
        Set<String> features = new TreeSet<>(saved.features());
        features.removeIf(
                feature -> !now.containsKey(feature) || now.get(feature).on());
        Set<String> refused = features.isEmpty() ? Set.of() : ethtool.setFeatures(name, all(features, true));
        features.removeAll(refused);
        if (!features.isEmpty()) {
            LOG.info("{}: {} on again", name, String.join(", ", features));
        }
        if (!refused.isEmpty()) {
            LOG.warn("{}: the driver has not switched {} on again", name, String.join(", ", refused));
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", file, e.toString());
        }
    }

    /** Switches all on again. */
    @Override
    public void close() {
        retain(Set.of());
    }
}
