package org.ifqd.ifq.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Visits all states of a {@link Core}, nearest first, so that the first violation it finds has a shortest trace. */
final class Explorer {
    /** More states than any program here has; running into it is an error of the test, not a proof. */
    private static final int MOST_STATES = 3_000_000;

    private final Core core;
    private final Set<Node> seen = new HashSet<>();
    private final ArrayDeque<Node> open = new ArrayDeque<>();
    private int ends;

    /** A state, and who moved last. */
    private record Node(byte[] key, Node before, int actor) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Node node && Arrays.equals(key, node.key);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(key);
        }
    }

    /**
     * @param states visited
     * @param ends of them those in which no thread can move
     * @param violation what is wrong, or null
     * @param trace the steps that lead there
     */
    record Result(int states, int ends, String violation, List<String> trace) {
        boolean isRight() {
            return violation == null;
        }

        @Override
        public String toString() {
            return isRight()
                    ? states + " states, " + ends + " ends, all right"
                    : violation + ", after:\n  " + String.join("\n  ", trace);
        }
    }

    Explorer(Core core) {
        this.core = core;
    }

    Result explore() {
        visit(new Node(core.initial().key(), null, 0));
        while (!open.isEmpty()) {
            Node node = open.poll();
            boolean moved = false;
            for (int actor = 0; actor < core.actors(); actor++) {
                State state = core.decode(node.key);
                if (!core.step(state, actor)) {
                    continue;
                }
                moved = true;
                Node next = new Node(state.key(), node, actor);
                String violation = core.violated(state);
                if (violation != null) {
                    return new Result(seen.size(), ends, violation, trace(next));
                }
                visit(next);
            }
            if (!moved) {
                ends++;
                String violation = core.violatedAtEnd(core.decode(node.key));
                if (violation != null) {
                    return new Result(seen.size(), ends, violation, trace(node));
                }
            }
        }
        return new Result(seen.size(), ends, null, List.of());
    }

    private void visit(Node node) {
        if (seen.add(node)) {
            open.add(node);
            if (seen.size() > MOST_STATES) {
                throw new IllegalStateException("more than " + MOST_STATES + " states: the program is too large");
            }
        }
    }

    private List<String> trace(Node node) {
        List<String> steps = new ArrayList<>();
        for (Node at = node; at.before != null; at = at.before) {
            steps.add(core.describe(core.decode(at.before.key), at.actor));
        }
        Collections.reverse(steps);
        return steps;
    }
}
