package org.ifqd.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.ifqd.check.Check;
import org.ifqd.check.Finding;
import org.ifqd.check.Repair;
import org.ifqd.config.ConfigFile;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.EffectiveConfig;
import org.ifqd.config.InterfaceName;
import org.ifqd.linux.Libc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ifqd check}: a configuration file and the machine, before anything is started. */
@Command(
        name = "check",
        description =
                "Checks a configuration file, and whether this machine has what it asks for: a line for each check, ok, warn"
                        + " or fail, with the cure. Then prints the configuration in full. Changes nothing without --fix. Exit"
                        + " status 0, or 2 if a start would fail.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = ConfigFile.DEFAULT_PATH,
            description = "The file, TOML (default ${DEFAULT-VALUE}).")
    private Path file;

    @Option(
            names = "--fix",
            description =
                    "First mend what can safely be mended, and say so: set interfaces up, and switch off offloads that"
                            + " merge or alter frames, unless the port's offloads is keep, or fix, which does it while ifqd runs. It"
                            + " stays so. Addresses, MTU and interfaces that the host uses itself are not touched.")
    private boolean fix;

    @Option(names = "--json", description = "One JSON object, for machines.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        DaemonConfig config = ConfigFile.read(file);
        List<Finding> findings = new ArrayList<>();
        if (fix) {
            findings.addAll(Repair.of(Libc.system(), config));
        }
        findings.addAll(Check.of(Libc.system(), config));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(findings, config));
        } else {
            findings.forEach(
                    f -> out.printf("%-5s %s: %s%n", f.level(), f.subject(), InterfaceName.printable(f.text())));
            out.printf("%n%s", EffectiveConfig.toToml(config));
        }
        out.flush();
        return findings.stream().anyMatch(f -> f.level() == Finding.Level.FAIL) ? 2 : 0;
    }

    private static String json(List<Finding> findings, DaemonConfig config) throws IOException {
        List<Object> checks = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> check = new LinkedHashMap<>();
            check.put("level", finding.level().toString());
            check.put("subject", finding.subject());
            check.put("text", finding.text());
            checks.add(check);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("checks", checks);
        all.put("config", EffectiveConfig.toToml(config));
        return JSON.std.asString(all);
    }
}
