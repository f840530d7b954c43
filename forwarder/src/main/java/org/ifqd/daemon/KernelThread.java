package org.ifqd.daemon;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A thread as the kernel sees it, at one moment.
 *
 * @param state R runnable, S asleep, D asleep and not to be woken by a signal, ...
 * @param cpuTicks processor time that it has used so far
 * @param where the kernel's function that it sleeps in; empty when it is not told
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
record KernelThread(char state, long cpuTicks, String where) {
    private static final Path TASKS = Path.of("/proc/self/task");

    /** What the kernel keeps of a name, pthread_setname_np(3). */
    private static final int LONGEST_NAME = 15;

    // fields of /proc/self/task/N/stat behind the name, counted from 0
    private static final int STATE = 0;
    private static final int UTIME = 11;
    private static final int STIME = 12;

    /** Found by its name; empty when there is none, or more than one, or the kernel knows it by another name. */
    static Optional<KernelThread> of(Thread thread) {
        Path found = null;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                if (line(task.resolve("comm")).equals(nameInKernel(thread.getName()))) {
                    if (found != null) {
                        return Optional.empty();
                    }
                    found = task;
                }
            }
            return found == null ? Optional.empty() : Optional.of(parse(found));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static KernelThread parse(Path task) throws IOException {
        String stat = Files.readString(task.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        String where = line(task.resolve("wchan"));
        return new KernelThread(
                fields[STATE].charAt(0),
                Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]),
                where.equals("0") ? "" : where);
    }

    private static String line(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return ""; // ended meanwhile, or not for us
        }
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
