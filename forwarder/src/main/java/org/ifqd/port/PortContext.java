package org.ifqd.port;

import java.util.function.Consumer;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Scheduling;

/**
 * The services that all ports of a daemon share.
 *
 * @param libc system calls
 * @param start where starts run
 * @param monitor told of starts that throw and barriers that hang
 * @param log gets a line for what an operator should know
 * @param scheduling of the threads that receive, start and complete
 */
public record PortContext(
        Libc libc, StartPolicy start, TaskListSerializer.Monitor monitor, Consumer<String> log, Scheduling scheduling) {

    /** With threads as any others. */
    public PortContext(Libc libc, StartPolicy start, TaskListSerializer.Monitor monitor, Consumer<String> log) {
        this(libc, start, monitor, log, Scheduling.NONE);
    }
}
