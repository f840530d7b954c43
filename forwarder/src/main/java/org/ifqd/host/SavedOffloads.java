package org.ifqd.host;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ifqd.linux.netlink.Link;

/**
 * The features that were switched off at an interface, and the number of queues that was set, in a file, so that the
 * next ifqd can put it back if this one is killed. The file is written before the change and removed when it is undone.
 *
 * <p>An interface is known by its number, which no other one gets until the next boot, in its network namespace; and,
 * should somebody choose numbers himself, by its address as well. Its name may change.
 *
 * @param boot of which boot of the machine
 * @param namespace the network namespace, as the kernel names it
 * @param index of the interface
 * @param mac its hardware address
 * @param name what it was called, for people
 * @param features the kernel's names of what was on
 * @param channels another number of receive queues, if it was set
 */
record SavedOffloads(
        String boot,
        String namespace,
        int index,
        String mac,
        String name,
        Set<String> features,
        Optional<SetChannels> channels) {
    /** Receive queues. */
    record SetChannels(int before, int ours) {}

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path NAMESPACE = Path.of("/proc/thread-self/ns/net");
    private static final String PREFIX = "offloads-";
    private static final String SUFFIX = ".json";

    SavedOffloads {
        features = Set.copyOf(features);
    }

    /** Of an interface in the calling thread's network namespace. */
    static SavedOffloads of(Link link) throws IOException {
        return new SavedOffloads(
                thisBoot(), thisNamespace(), link.index(), link.macText(), link.name(), Set.of(), Optional.empty());
    }

    static String thisBoot() throws IOException {
        return Files.readString(BOOT).strip();
    }

    static String thisNamespace() throws IOException {
        return Files.readSymbolicLink(NAMESPACE).toString();
    }

    SavedOffloads and(Set<String> more) {
        Set<String> all = new TreeSet<>(features);
        all.addAll(more);
        return new SavedOffloads(boot, namespace, index, mac, name, all, channels);
    }

    /** The number before is that of the first change. */
    SavedOffloads and(SetChannels more) {
        int before = channels.map(SetChannels::before).orElse(more.before());
        return new SavedOffloads(
                boot, namespace, index, mac, name, features, Optional.of(new SetChannels(before, more.ours())));
    }

    /** Whether this is the interface. */
    boolean isOf(Link link) {
        return link.index() == index && link.macText().equals(mac);
    }

    /**
     * All files of a folder; none if there is no folder, or it is not for this user, who then has left nothing there.
     */
    static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder) || !Files.isReadable(folder)) {
            return List.of();
        }
        try (var files = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
            List<Path> all = new ArrayList<>();
            files.forEach(all::add);
            return all;
        }
    }

    /** Where it is kept: one file for each interface, since that is what an ifqd owns. */
    Path file(Path folder) {
        return folder.resolve(PREFIX + namespace.replaceAll("\\D", "") + "-" + index + SUFFIX);
    }

    /** Writes it, all or nothing. */
    void write(Path folder) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("boot", boot);
        json.put("namespace", namespace);
        json.put("index", index);
        json.put("mac", mac);
        json.put("name", name);
        json.put("features", new TreeSet<>(features));
        channels.ifPresent(set -> json.put("channels", List.of(set.before(), set.ours())));
        Files.createDirectories(folder);
        Path fresh = Files.createTempFile(folder, PREFIX, ".new"); // for our eyes only, and never one that is there
        try {
            Files.writeString(fresh, JSON.std.asString(json) + "\n");
            Files.move(fresh, file(folder), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
    }

    /**
     * @throws AccessDeniedException when it may not be read, or somebody else may have written it
     * @throws IOException when it is not what {@link #write} writes
     */
    static SavedOffloads read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !isTrusted(file)) {
            throw new AccessDeniedException(file.toString(), null, "not a file of this user or of the folder's owner");
        }
        Map<String, Object> json = JSON.std.mapFrom(Files.readString(file));
        if (json.get("boot") instanceof String boot
                && json.get("namespace") instanceof String namespace
                && json.get("index") instanceof Integer index
                && json.get("mac") instanceof String mac
                && json.get("name") instanceof String name
                && json.get("features") instanceof List<?> features
                && features.stream().allMatch(String.class::isInstance)) {
            Set<String> names = new TreeSet<>();
            features.forEach(feature -> names.add((String) feature));
            return new SavedOffloads(boot, namespace, index, mac, name, names, channels(json.get("channels")));
        }
        throw new IOException("a field is missing or wrong");
    }

    private static Optional<SetChannels> channels(Object json) {
        return json instanceof List<?> two
                        && two.size() == 2
                        && two.get(0) instanceof Integer before
                        && two.get(1) instanceof Integer ours
                ? Optional.of(new SetChannels(before, ours))
                : Optional.empty();
    }

    /** The folder may be everybody's (/tmp): what is in it counts if we wrote it, or the folder's owner. */
    private static boolean isTrusted(Path file) throws IOException {
        Object owner = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        return owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
                || owner.equals(Files.getAttribute(file.toAbsolutePath().getParent(), "unix:uid"));
    }
}
