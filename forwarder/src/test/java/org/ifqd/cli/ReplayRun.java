package org.ifqd.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** A run of {@code ifqd replay --json} in this JVM: its status and what it printed. */
public record ReplayRun(int status, String out, String err) {

    /** Runs it to the end; arguments as on a command line. */
    public static ReplayRun of(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = new String[arguments.length + 2];
        words[0] = "replay";
        words[1] = "--json";
        for (int i = 0; i < arguments.length; i++) {
            words[i + 2] = arguments[i].toString();
        }
        int status = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(words);
        return new ReplayRun(status, out.toString(), err.toString());
    }

    /** A number of its object. */
    public double number(String key) {
        try {
            return ((Number) JSON.std.mapFrom(out).get(key)).doubleValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
