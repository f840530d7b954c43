package org.ifqd.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tomlj.TomlPosition;

/** The faults of a configuration file: all of them, so that nobody has to mend one line at a time. */
final class ConfigProblems {
    private record Problem(int line, int column, String key, String text) {}

    private final String file;
    private final List<Problem> all = new ArrayList<>();

    ConfigProblems(String file) {
        this.file = file;
    }

    /**
     * @param at where in the file, or null for the file as a whole
     * @param key the key in full, for example {@code port.eth1.workers}
     * @param text why, and how to mend it
     */
    void add(TomlPosition at, String key, String text) {
        int line = at == null ? 1 : at.line();
        int column = at == null ? 1 : at.column();
        all.add(new Problem(line, column, key, "%s:%d:%d: %s: %s".formatted(file, line, column, key, text)));
    }

    /** As {@link #add}, but not where the same key has one already: what follows from an error is none of its own. */
    void addUnlessSaid(TomlPosition at, String key, String text) {
        if (all.stream().noneMatch(problem -> problem.key.equals(key))) {
            add(at, key, text);
        }
    }

    /** @throws ConfigException with all problems, in the order of the file, if there are any */
    void throwAny() {
        if (!all.isEmpty()) {
            throw new ConfigException(all.stream()
                    .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                    .map(Problem::text)
                    .toList());
        }
    }
}
