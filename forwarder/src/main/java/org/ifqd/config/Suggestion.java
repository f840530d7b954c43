package org.ifqd.config;

import java.util.Collection;
import java.util.Optional;

/** The name that somebody may have meant who wrote one that is not there. */
public final class Suggestion {
    private Suggestion() {}

    /** {@code did you mean 'workers'?}, or a list of all where none is near. */
    public static String of(String written, Collection<String> names) {
        return near(written, names)
                .map(best -> "did you mean '" + best + "'?")
                .orElseGet(() -> "there are: "
                        + String.join(", ", names.stream().sorted().toList()));
    }

    /** The name that may have been meant, if one is near. */
    public static Optional<String> near(String written, Collection<String> names) {
        String best = null;
        int least = Math.max(1, written.length() / 3) + 1;
        for (String name : names) {
            int distance = distance(written.toLowerCase(java.util.Locale.ROOT), name);
            if (distance < least) {
                least = distance;
                best = name;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Levenshtein's: letters to insert, delete or replace. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
