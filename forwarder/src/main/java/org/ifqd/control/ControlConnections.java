package org.ifqd.control;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who is connected to the control socket: so many at most that they cost nothing worth speaking of.
 *
 * <p>One too many and another has to go: of the user who has the most connections, the one that has been idle for the
 * longest. So whoever floods the socket cuts off himself. Streams, which only few may have, stay.
 *
 * <p><b>Threading:</b> any thread.
 */
final class ControlConnections {
    static final int MOST = 64;

    private final Set<ControlConnection> all = new HashSet<>();

    /** @return the user whose connection had to go for this one, empty if there is room */
    synchronized Optional<String> add(ControlConnection connection) {
        all.add(connection);
        Optional<ControlConnection> victim = all.size() > MOST ? victim(connection) : Optional.empty();
        victim.ifPresent(this::end);
        return victim.map(one -> one.peer().user().getName());
    }

    private Optional<ControlConnection> victim(ControlConnection newest) {
        Map<Object, List<ControlConnection>> byUser = all.stream()
                .filter(one -> !one.isStreaming() && one != newest)
                .collect(Collectors.groupingBy(one -> one.peer().user()));
        return byUser.values().stream().max(Comparator.comparingInt(List::size)).stream()
                .flatMap(List::stream)
                .min(Comparator.comparingLong(ControlConnection::idleSinceNs));
    }

    synchronized int count() {
        return all.size();
    }

    synchronized void remove(ControlConnection connection) {
        all.remove(connection);
    }

    /** Cuts off those that keep us waiting. */
    synchronized void endOverdue(long nowNs) {
        List<ControlConnection> overdue =
                all.stream().filter(one -> one.isOverdue(nowNs)).toList();
        overdue.forEach(this::end);
    }

    synchronized void endAll() {
        new ArrayList<>(all).forEach(this::end);
    }

    private void end(ControlConnection connection) {
        all.remove(connection);
        try {
            connection.close();
        } catch (IOException e) {
            // its thread finds out
        }
    }
}
