package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The JVM says nothing of a method in {@code -XX:CompileCommand} that does not exist. */
class CompilerOptionsTest {
    private static final Pattern METHOD = Pattern.compile("CompileCommand=(?:dontinline|exclude),([\\w.]+)::(\\w+)");

    @Test
    void methodsNamedToTheCompilerExist() throws Exception {
        List<MatchResult> named = METHOD.matcher(Files.readString(Path.of("../scripts/lib.sh")))
                .results()
                .toList();
        assertTrue(named.size() >= 7, named.size() + " methods");
        for (MatchResult each : named) {
            Class<?> type = Class.forName(each.group(1));
            assertTrue(
                    Arrays.stream(type.getDeclaredMethods())
                            .anyMatch(m -> m.getName().equals(each.group(2))),
                    each.group());
        }
    }
}
