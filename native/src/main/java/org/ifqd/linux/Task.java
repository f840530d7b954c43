package org.ifqd.linux;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A thread of this process as the kernel knows it, also one that the JVM keeps to itself. Any thread may ask.
 *
 * @param number the kernel's, as gettid(2)
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_task.5.html">proc_pid_task(5)</a>
 */
public record Task(int number) {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final int PRIO_PROCESS = 0;

    /** All of this moment. None where there is no /proc. */
    public static List<Task> all() {
        List<Task> found = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                found.add(new Task(Integer.parseInt(task.getFileName().toString())));
            }
        } catch (IOException e) {
            return List.of();
        }
        return found;
    }

    /** The tasks whose name begins like this. */
    public static List<Task> named(String beginning) {
        return all().stream().filter(task -> task.name().startsWith(beginning)).toList();
    }

    /** Its name, of which the kernel keeps 15 characters; empty when it has ended. */
    public String name() {
        return read("comm");
    }

    /**
     * Nanoseconds so far that it has been on a processor, or has waited for one: time in which it had something to do.
     * 0 when it has ended, or where the kernel does not tell.
     *
     * @see <a href="https://docs.kernel.org/scheduler/sched-stats.html">sched-stats, /proc/PID/schedstat</a>
     */
    public long busyNs() {
        String[] fields = read("schedstat").split(" ");
        return fields.length < 2 ? 0 : Long.parseLong(fields[0]) + Long.parseLong(fields[1]);
    }

    /**
     * The text of a file of its directory, without the end of the line; empty when it has ended, or tells
     * others.
     */
    public String read(String file) {
        try {
            return Files.readString(TASKS.resolve(Integer.toString(number)).resolve(file))
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * Lets others of the same processor have more of it: a weight of 526 at 3, 110 at 10, against 1024 at 0. It cannot
     * be taken back without a privilege. Threads that it starts get it too.
     *
     * @return 0, or minus the errno
     * @see <a href="https://man7.org/linux/man-pages/man2/setpriority.2.html">setpriority(2)</a>: on Linux for each
     *     thread
     */
    public int nice(Libc libc, int nice) {
        return libc.setpriority(PRIO_PROCESS, number, nice);
    }

    /** {@link #nice} of the calling thread. */
    public static int niceThisThread(Libc libc, int nice) {
        return new Task(0).nice(libc, nice);
    }
}
