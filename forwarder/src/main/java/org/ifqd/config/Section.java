package org.ifqd.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One table of a configuration file. Each key is asked for with its type and default; what is wrong is noted, and the
 * default goes in its place, so that the rest is checked as well. At the end {@link #rejectOthers} notes the keys
 * nobody asked for.
 */
final class Section {
    private final TomlTable table;
    private final String path;
    private final ConfigProblems problems;
    private final Set<String> known = new LinkedHashSet<>();

    /** @param path of the table with a dot behind it, or an empty string */
    Section(TomlTable table, String path, ConfigProblems problems) {
        this.table = table;
        this.path = path;
        this.problems = problems;
    }

    /** Where a key is written. */
    TomlPosition position(String key) {
        return table.inputPositionOf(List.of(key));
    }

    void problem(String key, String text) {
        problems.add(position(key), path + key, text);
    }

    /** As {@link #problem}, but not where the same key has one already. */
    void problemUnlessSaid(String key, String text) {
        problems.addUnlessSaid(position(key), path + key, text);
    }

    /** The value of a key if it is there and of the type; else null, and a wrong type is noted. */
    private <T> T value(String key, Class<T> type, String wanted) {
        known.add(key);
        Object value = table.get(List.of(key));
        if (value == null || type.isInstance(value)) {
            return type.cast(value);
        }
        problem(key, "is " + name(value) + "; " + wanted);
        return null;
    }

    private static String name(Object value) {
        return switch (value) {
            case String text -> "the text '" + text + "'";
            case Long number -> "the number " + number;
            case Double number -> "the number " + number;
            case Boolean bool -> bool.toString();
            case TomlArray array -> "a list";
            case TomlTable table -> "a table";
            default -> "a " + value.getClass().getSimpleName();
        };
    }

    boolean bool(String key, boolean otherwise) {
        Boolean value = value(key, Boolean.class, "write true or false");
        return value == null ? otherwise : value;
    }

    int integer(String key, int otherwise, int least, int most) {
        Long value = value(key, Long.class, "write a number from " + least + " to " + most);
        if (value == null) {
            return otherwise;
        }
        if (value < least || value > most) {
            problem(key, value + " is out of range; write a number from " + least + " to " + most);
            return otherwise;
        }
        return value.intValue();
    }

    /** @param parse throws IllegalArgumentException with the reason and the mend */
    <T> T text(String key, T otherwise, String example, Function<String, T> parse) {
        String value = value(key, String.class, "write a text, for example " + example);
        if (value == null) {
            return otherwise;
        }
        try {
            return parse.apply(value);
        } catch (IllegalArgumentException e) {
            problem(key, e.getMessage());
            return otherwise;
        }
    }

    /** One of an enum's constants, by the name that {@code toString} gives. */
    <E extends Enum<E>> E oneOf(String key, E otherwise, Class<E> type) {
        List<String> names =
                Arrays.stream(type.getEnumConstants()).map(Enum::toString).toList();
        return text(key, otherwise, '"' + otherwise.toString() + '"', value -> {
            int at = names.indexOf(value);
            if (at < 0) {
                throw new IllegalArgumentException("no '" + value + "'; " + Suggestion.of(value, names));
            }
            return type.getEnumConstants()[at];
        });
    }

    /** A list of numbers, none below 0; or a text in the form of {@link CpuList}. */
    List<Integer> cpus(String key) {
        if (table.get(List.of(key)) instanceof TomlArray) {
            List<Integer> cpus = new ArrayList<>();
            for (Object each : value(key, TomlArray.class, "").toList()) {
                if (!(each instanceof Long cpu) || cpu < 0 || cpu > 9999) {
                    problem(key, name(each) + " is not a processor; write for example [2, 3]");
                    return List.of();
                }
                cpus.add(cpu.intValue());
            }
            return cpus;
        }
        return text(key, List.of(), "\"2,3\"", CpuList::parse);
    }

    List<String> texts(String key) {
        TomlArray array = value(key, TomlArray.class, "write a list of texts");
        List<String> texts = new ArrayList<>();
        for (Object each : array == null ? List.of() : array.toList()) {
            if (each instanceof String text) {
                texts.add(text);
            } else {
                problem(key, name(each) + " is not a text; write it in quotation marks");
            }
        }
        return texts;
    }

    /** A table within this one, empty if it is not there. */
    Section section(String key) {
        TomlTable inner = value(key, TomlTable.class, "write a table: [" + path + key + "]");
        return new Section(inner == null ? org.tomlj.Toml.parse("") : inner, path + key + ".", problems);
    }

    /** The tables of {@code [[key]]}. */
    List<Section> sections(String key) {
        TomlArray array = value(key, TomlArray.class, "write tables: [[" + path + key + "]]");
        List<Section> sections = new ArrayList<>();
        for (int i = 0; array != null && i < array.size(); i++) {
            if (array.get(i) instanceof TomlTable inner) {
                sections.add(new Section(inner, path + key + ".", problems));
            } else {
                problem(key, name(array.get(i)) + " is not a table; write [[" + path + key + "]]");
            }
        }
        return sections;
    }

    Set<String> keys() {
        return table.keySet();
    }

    boolean has(String key) {
        return table.contains(List.of(key));
    }

    /**
     * Notes the tables that nobody has asked for.
     *
     * @param why by their keys: why, and how to mend it
     */
    void rejectTables(UnaryOperator<String> why) {
        for (String key : table.keySet()) {
            if (table.get(List.of(key)) instanceof TomlTable && known.add(key)) {
                problem(key, why.apply(key));
            }
        }
    }

    /** Notes the keys that nobody has asked for. */
    void rejectOthers() {
        for (String key : table.keySet()) {
            if (!known.contains(key)) {
                problem(key, "unknown key; " + Suggestion.of(key, known));
            }
        }
    }
}
