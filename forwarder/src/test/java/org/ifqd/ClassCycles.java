package org.ifqd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds classes that depend on each other: the strongly connected components of a graph, by R. Tarjan's algorithm (SIAM
 * J. Comput. 1, 1972). Nested classes count as their outermost one.
 */
final class ClassCycles {
    private final Map<String, Set<String>> uses = new TreeMap<>();
    private final Map<String, Integer> order = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final List<Set<String>> components = new ArrayList<>();

    void add(String from, String to) {
        if (from.startsWith("org.ifqd.") && to.startsWith("org.ifqd.")) {
            uses.computeIfAbsent(outermost(from), name -> new TreeSet<>()).add(outermost(to));
        }
    }

    private static String outermost(String name) {
        return name.split("[$;]")[0];
    }

    List<Set<String>> longerThan(int classes) {
        uses.keySet().stream().filter(name -> !order.containsKey(name)).forEach(this::visit);
        return components.stream().filter(each -> each.size() > classes).toList();
    }

    private void visit(String name) {
        order.put(name, order.size());
        lowest.put(name, order.get(name));
        open.push(name);
        for (String next : uses.getOrDefault(name, Set.of())) {
            if (!order.containsKey(next)) {
                visit(next);
                lowest.merge(name, lowest.get(next), Math::min);
            } else if (open.contains(next)) {
                lowest.merge(name, order.get(next), Math::min);
            }
        }
        if (lowest.get(name).equals(order.get(name))) {
            Set<String> component = new TreeSet<>();
            do {
                component.add(open.peek());
            } while (!open.pop().equals(name));
            components.add(component);
        }
    }
}
