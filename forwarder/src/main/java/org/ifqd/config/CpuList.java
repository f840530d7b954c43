package org.ifqd.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Processors as people write them: {@code 0}, {@code 1,3}, {@code 0-3,8}; the kernel's "list format" (cpuset(7)). */
public final class CpuList {
    private static final Pattern PART = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

    private CpuList() {}

    /**
     * @return the numbers in the order in which they are written
     * @throws IllegalArgumentException in one line, for a text of another form
     */
    public static List<Integer> parse(String text) {
        List<Integer> cpus = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher m = PART.matcher(part.strip());
            if (!m.matches()) {
                throw notAList(text);
            }
            int first = Integer.parseInt(m.group(1));
            int last = m.group(2) == null ? first : Integer.parseInt(m.group(2));
            if (last < first) {
                throw notAList(text);
            }
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    private static IllegalArgumentException notAList(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is not a list of processors; write for example 1 or 2,3 or 4-7");
    }
}
