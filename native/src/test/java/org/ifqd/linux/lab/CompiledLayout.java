package org.ifqd.linux.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the C compiler says about constants, sizes and offsets. */
public final class CompiledLayout {
    private CompiledLayout() {}

    /**
     * Compiles and runs a program that prints each expression. Skips the test, with the reason, where there is no gcc.
     *
     * @param headers {@code linux/ethtool.h}, ...
     * @return expression to value, in the same order
     */
    public static Map<String, Long> evaluate(List<String> headers, Iterable<String> expressions) throws IOException {
        Shell.assumeTools("gcc");
        StringBuilder program = new StringBuilder("#include <stdio.h>\n#include <stddef.h>\n");
        headers.forEach(header -> program.append("#include <").append(header).append(">\n"));
        program.append("int main(void) {\n");
        expressions.forEach(e ->
                program.append("printf(\"%lld\\n\", (long long)(").append(e).append("));\n"));
        program.append("}\n");
        Path executable = Files.createTempFile("ifqdt-layout", "");
        try {
            Shell.run(List.of("gcc", "-x", "c", "-", "-o", executable.toString()), program.toString());
            Map<String, Long> values = new LinkedHashMap<>();
            var lines = Shell.run(executable.toString()).lines().iterator();
            expressions.forEach(e -> values.put(e, Long.parseLong(lines.next())));
            return values;
        } finally {
            Files.deleteIfExists(executable);
        }
    }
}
