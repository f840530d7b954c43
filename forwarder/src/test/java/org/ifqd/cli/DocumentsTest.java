package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The documents name commands, options, scripts and files that are there. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..");

    /** A command of ifqd, inline or on a line of a block. */
    private static final Pattern COMMAND =
            Pattern.compile("(?m)(?:`(?:sudo )?(?:scripts/)?|^scripts/)ifqd ([a-z][^`\n#]*)");

    private static final Pattern OPTION = Pattern.compile("`(--[a-z][a-z-]*)");
    private static final Pattern SCRIPT = Pattern.compile("\\bscripts/([a-z-]+)(?: ([a-z-]+))?");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]+)");

    /** Options of other programs that the documents speak of. */
    private static final Set<String> FOREIGN = Set.of("--nano");

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"));
                Stream<Path> own = Files.list(ROOT.resolve("forwarder/docs"));
                Stream<Path> root = Files.list(ROOT)) {
            List<Path> all = Stream.of(docs, own, root)
                    .flatMap(each -> each)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
            assertTrue(all.size() > 8, () -> "wrong directory? " + all);
            return all;
        }
    }

    private static List<MatchResult> find(Pattern pattern, Path file) throws IOException {
        return pattern.matcher(Files.readString(file)).results().toList();
    }

    @Test
    void everyCommandIsUnderstood() throws IOException {
        List<String> wrong = new ArrayList<>();
        int seen = 0;
        for (Path file : documents()) {
            for (MatchResult match : find(COMMAND, file)) {
                String command = match.group(1).strip();
                for (String each : alternatives(command)) {
                    seen++;
                    String refusal = refusal(each);
                    if (!refusal.isEmpty()) {
                        wrong.add(file + ": ifqd " + command + ": " + refusal);
                    }
                }
            }
        }
        assertTrue(seen > 20, "only " + seen + " commands found");
        assertEquals(List.of(), wrong);
    }

    /** {@code port IF up|down} are two; {@code check [--fix]} is one with all that it may have. */
    private static List<String> alternatives(String command) {
        String plain = command.replace("\\|", "|").replace("[", "").replace("]", "");
        int last = plain.lastIndexOf(' ');
        String[] words = plain.substring(last + 1).split("\\|");
        return Stream.of(words).map(word -> plain.substring(0, last + 1) + word).toList();
    }

    /** Why the command line is not understood; a name alone is a mention, whose operands the sentence leaves out. */
    private static String refusal(String command) {
        String[] words = command.replaceAll("\\bN\\b", "2").split("\\s+");
        CommandLine line = Main.commandLine();
        CommandLine sub = line.getSubcommands().get(words[0]);
        if (words.length == 1) {
            return sub == null ? "no such command" : "";
        }
        try {
            line.parseArgs(words);
            return "";
        } catch (ParameterException e) {
            return e.getMessage();
        }
    }

    @Test
    void everyOptionIsThere() throws IOException {
        Set<String> known = new TreeSet<>(FOREIGN);
        CommandLine line = Main.commandLine();
        line.getSubcommands()
                .values()
                .forEach(sub -> known.addAll(sub.getCommandSpec().optionsMap().keySet()));
        Set<String> unknown = new TreeSet<>();
        for (Path file : documents()) {
            if (file.startsWith(ROOT.resolve("forwarder"))) {
                continue; // about benchmarks, which have options of their own
            }
            find(OPTION, file).stream()
                    .map(match -> match.group(1))
                    .filter(option -> !known.contains(option))
                    .forEach(option -> unknown.add(file + ": " + option));
        }
        assertEquals(Set.of(), unknown);
    }

    @Test
    void everyScriptIsThere() throws IOException {
        Set<String> missing = new TreeSet<>();
        for (Path file : documents()) {
            for (MatchResult match : find(SCRIPT, file)) {
                Path script = ROOT.resolve("scripts").resolve(match.group(1));
                boolean isBenchmark = match.group(1).equals("bench") && match.group(2) != null;
                if (!Files.exists(script)
                        || isBenchmark && !Files.exists(ROOT.resolve("scripts/bench.d/" + match.group(2) + ".sh"))) {
                    missing.add(file + ": " + match.group());
                }
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        Set<String> broken = new TreeSet<>();
        for (Path file : documents()) {
            for (MatchResult match : find(LINK, file)) {
                if (!Files.exists(file.resolveSibling(match.group(1)))) {
                    broken.add(file + ": " + match.group(1));
                }
            }
        }
        assertEquals(Set.of(), broken);
    }
}
