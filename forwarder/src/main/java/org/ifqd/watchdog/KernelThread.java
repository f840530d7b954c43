package org.ifqd.watchdog;

import java.util.List;
import java.util.Optional;
import org.ifqd.linux.Task;

/**
 * A thread as the kernel sees it, at one moment.
 *
 * @param state R runnable, S asleep, D asleep and not to be woken by a signal, ...
 * @param cpuTicks processor time that it has used so far
 * @param where the kernel's function that it sleeps in; empty when it is not told
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
record KernelThread(char state, long cpuTicks, String where) {
    /** The kernel keeps so many bytes of a name, pthread_setname_np(3). */
    private static final int LONGEST_NAME = 15;

    // fields of /proc/self/task/N/stat behind the name, counted from 0
    private static final int STATE = 0;
    private static final int UTIME = 11;
    private static final int STIME = 12;

    /** Found by its name; empty when there is none, or more than one, or the kernel knows it by another name. */
    static Optional<KernelThread> of(Thread thread) {
        String name = nameInKernel(thread.getName());
        try {
            List<Task> found =
                    Task.all().stream().filter(task -> task.name().equals(name)).toList();
            return found.size() == 1 ? Optional.of(parse(found.getFirst())) : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.empty(); // ended meanwhile
        }
    }

    private static KernelThread parse(Task task) {
        String stat = task.read("stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        String where = task.read("wchan");
        return new KernelThread(
                fields[STATE].charAt(0),
                Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]),
                where.equals("0") ? "" : where);
    }

    private static String nameInKernel(String name) {
        return name.substring(0, Math.min(LONGEST_NAME, name.length()));
    }

    /** Whether it could run at both moments and did not: it lacks a processor and does not hang. */
    boolean isStarvedSince(KernelThread before) {
        return state == 'R' && before.state == 'R' && cpuTicks == before.cpuTicks;
    }

    @Override
    public String toString() {
        return "state " + state + (where.isEmpty() ? "" : " in " + where);
    }
}
