package org.ifqd.bridge;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.ifqd.frame.FrameBatch;

/**
 * Which link-local protocols may pass. <b>Threading:</b> immutable.
 *
 * @param dropped the classes that are dropped; all others pass
 */
public record LinkLocalPolicy(Set<LinkLocalClass> dropped) {
    /** The default: the bridge cannot be seen. */
    public static final LinkLocalPolicy TRANSPARENT = new LinkLocalPolicy(Set.of());

    /**
     * Reads a list like {@code stp=drop,lldp=pass}; a class that is not named passes.
     *
     * @throws IllegalArgumentException in one line
     */
    public static LinkLocalPolicy parse(String text) {
        Set<LinkLocalClass> dropped = EnumSet.noneOf(LinkLocalClass.class);
        for (String part : text.split(",", -1)) {
            String[] pair = part.trim().split("=");
            if (pair.length != 2 || !pair[1].equals("pass") && !pair[1].equals("drop")) {
                throw new IllegalArgumentException(
                        "link-local '" + part + "' is not CLASS=pass or CLASS=drop, for example stp=drop");
            }
            LinkLocalClass named = named(pair[0]);
            if (pair[1].equals("drop")) {
                dropped.add(named);
            } else {
                dropped.remove(named);
            }
        }
        return new LinkLocalPolicy(dropped);
    }

    private static LinkLocalClass named(String name) {
        for (LinkLocalClass candidate : LinkLocalClass.values()) {
            if (candidate.toString().equals(name)) {
                return candidate;
            }
        }
        throw new IllegalArgumentException(
                "no link-local class '" + name + "'; there are: " + Arrays.toString(LinkLocalClass.values()));
    }

    boolean dropsSome() {
        return !dropped.isEmpty();
    }

    /** Marks the frames that must not pass as UNWANTED. */
    void mark(FrameBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            if ((batch.flags(i) & FrameBatch.MULTICAST) != 0) {
                LinkLocalClass found = LinkLocalClass.of(batch.address(i));
                if (found != null && dropped.contains(found)) {
                    batch.flag(i, FrameBatch.UNWANTED);
                }
            }
        }
    }
}
