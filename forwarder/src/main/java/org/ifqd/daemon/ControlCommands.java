package org.ifqd.daemon;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.config.ConfigException;
import org.ifqd.control.Command;
import org.ifqd.port.PortState;

/**
 * The commands that clients of the control socket may give: {@code stats}, {@code port}, {@code reload}, {@code drain}.
 *
 * <p><b>Threading:</b> commands are called on the clients' threads; all but {@code stats} have the controlling thread
 * do the work.
 */
final class ControlCommands {
    /** How long a client that has asked for a drain has to read the answer. */
    private static final long LINGER_MS = 200;

    private final ControlThread thread;
    private final Pairs pairs;
    private final Reload reload;

    ControlCommands(ControlThread thread, Pairs pairs, Reload reload) {
        this.thread = thread;
        this.pairs = pairs;
        this.reload = reload;
    }

    /** All of them, by name. */
    Map<String, Command> all(LiveStats stats) {
        Map<String, Command> commands = new LinkedHashMap<>();
        commands.put("stats", request -> stats.stats(Boolean.TRUE.equals(request.get("latencyBuckets"))));
        commands.put("port", request -> thread.call(() -> port(request)));
        commands.put("reload", request -> thread.call(() -> Map.of("changes", reload.reload())));
        commands.put("drain", request -> thread.call(this::drain));
        return commands;
    }

    private Map<String, Object> port(Map<String, Object> request) {
        String port = String.valueOf(request.get("port"));
        String wanted = String.valueOf(request.get("state"));
        PortState state =
                switch (wanted) {
                    case "up" -> pairs.suspend(port, false);
                    case "down" -> pairs.suspend(port, true);
                    default -> throw new ConfigException("no state '" + wanted + "'; there are: up, down");
                };
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("port", port);
        answer.put("state", state.name());
        return answer;
    }

    private Map<String, Object> drain() {
        pairs.endFailOpen();
        String stuck = pairs.end();
        thread.post(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LINGER_MS)));
        thread.stop();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("stuck", stuck);
        answer.put("unaccounted", pairs.lost());
        return answer;
    }
}
