package org.ifqd.cli;

import java.util.List;
import java.util.Map;

/**
 * A part of what a daemon answers to {@code stats}: a JSON object, with access by name. A key that is not there counts
 * as 0.
 */
record StatsNode(Map<?, ?> map) {

    /** The number at the end of a path of keys. */
    long number(String... path) {
        Object node = map;
        for (String key : path) {
            node = node instanceof Map<?, ?> object ? object.get(key) : null;
        }
        return node instanceof Number number ? number.longValue() : 0;
    }

    String text(String key) {
        return String.valueOf(map.get(key));
    }

    /** Whether what is at the end of a path of two keys is true. */
    boolean isTrue(String group, String key) {
        return Boolean.TRUE.equals(node(group).map.get(key));
    }

    /** The object of a key, empty where there is none. */
    StatsNode node(String key) {
        return new StatsNode(map.get(key) instanceof Map<?, ?> object ? object : Map.of());
    }

    /** The objects of an array, none where there is no such array: a daemon of another version may not know it. */
    List<StatsNode> nodes(String key) {
        return list(key).stream().map(each -> new StatsNode((Map<?, ?>) each)).toList();
    }

    /** The elements of an array, as they are. */
    List<?> list(String key) {
        return map.get(key) instanceof List<?> list ? list : List.of();
    }
}
