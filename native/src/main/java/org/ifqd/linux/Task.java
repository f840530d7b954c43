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

    /** Those whose name begins like this; the kernel keeps 15 characters of a name. None where there is no /proc. */
    public static List<Task> named(String beginning) {
        List<Task> found = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                if (read(task.resolve("comm")).startsWith(beginning)) {
                    found.add(new Task(Integer.parseInt(task.getFileName().toString())));
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return found;
    }

    /**
     * Nanoseconds so far that it has been on a processor, or has waited for one: time in which it had something to do. 0 when it
     * has ended, or where the kernel does not tell.
     *
     * @see <a href="https://docs.kernel.org/scheduler/sched-stats.html">sched-stats, /proc/PID/schedstat</a>
     */
    public long busyNs() {
        String[] fields = read(TASKS.resolve(Integer.toString(number)).resolve("schedstat"))
                .split(" ");
        return fields.length < 2 ? 0 : Long.parseLong(fields[0]) + Long.parseLong(fields[1]);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return ""; // ended meanwhile
        }
    }

    /**
     * Lets others of the same processor have more of it: a weight of 335 at 5, 110 at 10, against 1024 at 0. It cannot be taken back
     * without a privilege. Threads that it starts get it too.
     *
     * @return 0, or minus the errno
     * @see <a href="https://man7.org/linux/man-pages/man2/setpriority.2.html">setpriority(2)</a>: on Linux for each thread
     */
    public int nice(Libc libc, int nice) {
        return libc.setpriority(PRIO_PROCESS, number, nice);
    }

    /** {@link #nice} of the calling thread. */
    public static int niceThisThread(Libc libc, int nice) {
        return new Task(0).nice(libc, nice);
    }
}
