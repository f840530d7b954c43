package org.ifqd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** No library of the class path is older than what packaging/advisories asks for. */
class AdvisoriesTest {
    private static final Pattern JAR = Pattern.compile("([a-zA-Z0-9.-]+?)-(\\d[\\w.]*)\\.jar");

    @Test
    void noLibraryHasAKnownFault() throws IOException {
        Map<String, Version> used = new HashMap<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Matcher jar = JAR.matcher(Path.of(entry).getFileName().toString());
            if (jar.matches()) {
                used.put(jar.group(1), Version.parse(jar.group(2)));
            }
        }
        assertTrue(used.containsKey("logback-core"), used::toString);
        List<String> faults = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("../packaging/advisories"))) {
            if (!line.startsWith("#") && !line.isBlank()) {
                String[] words = line.split(" ");
                assertEquals(3, words.length, line);
                Version found = used.get(words[0]);
                if (found != null && found.compareTo(Version.parse(words[1])) < 0) {
                    faults.add(words[0] + " " + found + ": " + words[2]);
                }
            }
        }
        assertEquals(List.of(), faults);
    }
}
