package org.ifqd.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TaskTest {
    private static final int NICE_FIELD = 16; // proc_pid_stat(5), counted behind the name

    @Test
    void theJvmsOwnThreadsAreFound() {
        List<Task> compilers = Task.named("C2 Compiler");
        assertTrue(compilers.size() >= 1, "no compiler thread");
        assertTrue(compilers.getFirst().busyNs() >= 0);
    }

    @Test
    void nobodyIsFoundUnderAnotherName() {
        assertEquals(List.of(), Task.named("no such name"));
    }

    @Test
    void whatHasEndedIsNotBusy() {
        assertEquals(0, new Task(Integer.MAX_VALUE).busyNs());
    }

    @Test
    void onlyTheThreadThatIsMeantGivesWay() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        Thread other = Thread.ofPlatform().name("gives-way").start(() -> {
            Task.niceThisThread(Libc.system(), 7);
            await(seen);
        });
        try {
            List<Task> tasks;
            do {
                tasks = Task.named("gives-way");
            } while (tasks.isEmpty() || nice(tasks.getFirst().number()) == 0);
            assertEquals(7, nice(tasks.getFirst().number()));
            assertEquals(0, tasks.getFirst().nice(Libc.system(), 9));
            assertEquals(9, nice(tasks.getFirst().number()));
            assertEquals(0, nice((int) ProcessHandle.current().pid()));
        } finally {
            seen.countDown();
            other.join();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int nice(int number) throws Exception {
        String stat = Files.readString(Path.of("/proc/self/task/" + number + "/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[NICE_FIELD]);
    }
}
