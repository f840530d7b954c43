package org.ifqd.cli;

import java.util.Iterator;
import java.util.List;

/**
 * Stands in the completion of shells for the names of interfaces, which only the machine knows where it runs: the
 * script that makes the package puts a command in its place ({@code scripts/package}).
 */
final class InterfaceNames implements Iterable<String> {
    static final String PLACEHOLDER = "@INTERFACES@";

    @Override
    public Iterator<String> iterator() {
        return List.of(PLACEHOLDER).iterator();
    }
}
