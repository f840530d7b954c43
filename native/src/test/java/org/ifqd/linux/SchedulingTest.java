package org.ifqd.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import org.ifqd.linux.lab.FakeLibc;
import org.ifqd.linux.lab.Shell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulingTest {
    /** A kernel that allows nice values from this one on, and real time or not. */
    private static final class Limits extends FakeLibc {
        private final int best;

        Limits(int best) {
            this.best = best;
        }

        @Override
        public int setpriority(int which, int who, int nice) {
            return nice >= best ? 0 : -Errno.EACCES;
        }

        @Override
        public int sched_setscheduler(int thread, int policy, MemorySegment parameter) {
            return -Errno.EPERM;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "none", "nice:-20", "nice:0", "nice:19", "fifo:1", "fifo:49"})
    void isWrittenAsItIsRead(String text) {
        assertEquals(text, Scheduling.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fifo", "fifo:0", "fifo:50", "fifo:-1", "nice:-21", "nice:20", "rr:1", "nice:", "AUTO"})
    void whatIsNoneSaysWhatIs(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> Scheduling.parse(text))
                .getMessage();
        assertTrue(message.startsWith("'" + text + "'") && message.contains("write auto"), message);
    }

    @ParameterizedTest
    @CsvSource({"-20, nice:-10", "-10, nice:-10", "-4, nice:-4", "0, none"})
    void autoTakesTheBestThatMayBeHad(int best, String expected) {
        assertEquals(expected, Scheduling.AUTO.resolve(new Limits(best)).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nice:-5", "fifo:10"})
    void whatWasAskedForByNameIsAnError(String text) {
        ErrnoException e =
                assertThrows(ErrnoException.class, () -> Scheduling.parse(text).resolve(new Limits(0)));
        assertTrue(e.getMessage().contains(text) && e.getMessage().contains("CAP_SYS_NICE"), e.getMessage());
    }

    /** Field 18 of /proc/PID/stat is 20 + nice, or minus 1 and the priority; 41 is the policy. */
    @ParameterizedTest
    @CsvSource({"nice:-3, 17, 0", "fifo:7, -8, 1", "none, 20, 0"})
    void theKernelSeesIt(String text, int priority, int policy) throws Exception {
        Shell.assumeRootAnd();
        CompletableFuture<String> stat = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            Scheduling.parse(text).applyToThisThread(Libc.system());
            stat.complete(ownStat());
        });
        thread.start();
        String[] fields = stat.get().replaceFirst(".*\\) ", "").split(" ");
        assertEquals(priority, Integer.parseInt(fields[15]));
        assertEquals(policy, Integer.parseInt(fields[38]));
        thread.join();
    }

    private static String ownStat() {
        try {
            return java.nio.file.Files.readString(java.nio.file.Path.of("/proc/thread-self/stat"));
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    @Test
    void theCollectorsThreadIsThere() {
        assertEquals(1, Task.named("VM Thread").size());
    }
}
