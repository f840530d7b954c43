package org.ifqd.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/** A run of {@code ifqd probe --json} in this JVM: its status and what it printed. */
public record ProbeRun(int status, String out, String err) {

    /** Runs it to the end; arguments as on a command line. */
    public static ProbeRun of(String arguments) {
        return run(arguments, new StringWriter());
    }

    private static ProbeRun run(String arguments, StringWriter err) {
        StringWriter out = new StringWriter();
        int status = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(("probe --json " + arguments).split(" +"));
        return new ProbeRun(status, out.toString(), err.toString());
    }

    /** Starts it and returns when it can receive, or has failed. */
    public static CompletableFuture<ProbeRun> startReady(String arguments) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(1);
        StringWriter err = new StringWriter() {
            @Override
            public void flush() { // after each line
                ready.countDown();
            }
        };
        CompletableFuture<ProbeRun> run = CompletableFuture.supplyAsync(() -> run(arguments, err));
        Assertions.assertTrue(ready.await(20, TimeUnit.SECONDS), err::toString);
        return run;
    }

    /** Checks the status, then numbers of a direction: name, value, name, value... */
    public ProbeRun expect(int expectedStatus, int direction, Object... numbers) {
        Assertions.assertEquals(expectedStatus, status, this::toString);
        for (int i = 0; i < numbers.length; i += 2) {
            Assertions.assertEquals(
                    (int) numbers[i + 1], number(direction, (String) numbers[i]), numbers[i] + ": " + this);
        }
        return this;
    }

    /** A number of a direction's object. */
    public long number(int direction, String name) {
        try {
            List<?> directions = (List<?>) JSON.std.mapFrom(out).get("directions");
            return ((Number) ((Map<?, ?>) directions.get(direction)).get(name)).longValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
