package org.ifqd.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** A run of {@code ifqd benchmark} in this JVM: its status and what it printed. */
public record BenchmarkRun(int status, String out, String err) {

    /** Runs it to the end; arguments as on a command line. */
    public static BenchmarkRun of(String arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(("benchmark " + arguments).split(" +"));
        return new BenchmarkRun(status, out.toString(), err.toString());
    }

    /** Of a run with --json: the only size's object. */
    public Map<?, ?> size() {
        try {
            return (Map<?, ?>) ((List<?>) JSON.std.mapFrom(out).get("sizes")).getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
