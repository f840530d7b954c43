package org.ifqd.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ifqd top} on a real pseudo terminal, made by script(1): it shows traffic, and always gives the terminal back.
 */
@Tag("e2e")
class TopE2eTest {
    private static final String ALTERNATE_SCREEN = "\033[?1049h";
    private static final String MAIN_SCREEN = "\033[?1049l";
    private static final String SHOWN = "rx-d0";

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("script", "stty", "trafgen");
    }

    /** A terminal with top in it; what is typed goes through a pipe with a name. */
    private final class Terminal implements AutoCloseable {
        private final Child child;
        private final OutputStream keys;

        Terminal(NetLab lab) throws Exception {
            Path pipe = folder.resolve("keys");
            Child.run("mkfifo", pipe.toString());
            Path script = folder.resolve("top.sh");
            List<String> top = Ifqd.command(
                    List.of("top", "--interval", "0.2", "--control", control().toString()));
            Files.writeString(script, """
                    stty rows 40 cols 120
                    '%s'
                    echo "status $?."
                    stty -a | tr -s ' ;' '\\n\\n' | grep -x -e '-*icanon' -e '-*echo' -e '-*isig' | paste -sd' '
                    """.formatted(String.join("' '", top)));
            child = lab.start(
                    Node.DUT,
                    List.of(
                            "env",
                            "TERM=xterm",
                            "sh",
                            "-c",
                            "exec script -q -e -f -c 'sh " + script + "' /dev/null <" + pipe));
            keys = CompletableFuture.supplyAsync(() -> open(pipe)).get();
        }

        private static OutputStream open(Path pipe) {
            try {
                return Files.newOutputStream(pipe); // waits for the reader
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        void type(String text) throws IOException {
            keys.write(text.getBytes(StandardCharsets.UTF_8));
            keys.flush();
        }

        /** SIGTERM to top itself. */
        void terminate() {
            ProcessHandle.of(child.pid())
                    .orElseThrow()
                    .descendants()
                    .filter(process -> process.info().command().orElse("").endsWith("/java"))
                    .forEach(ProcessHandle::destroy);
        }

        void assertGivenBack(int status) {
            child.awaitExit();
            String out = child.out();
            Assertions.assertTrue(out.contains("status " + status + "."), child::toString);
            Assertions.assertTrue(out.contains(ALTERNATE_SCREEN), child::toString);
            Assertions.assertTrue(out.indexOf(MAIN_SCREEN) > out.lastIndexOf(SHOWN), child::toString);
            Assertions.assertTrue(out.lastIndexOf("\033[?25h") > 0, "the cursor is back: " + child);
            Assertions.assertTrue(out.contains("isig icanon echo"), child::toString);
        }

        @Override
        public void close() throws IOException {
            child.close();
            keys.close();
        }
    }

    private Path control() {
        return folder.resolve("control.sock");
    }

    @Test
    void showsTrafficUntilQ() throws Exception {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--workers", "2");
                Terminal terminal = new Terminal(lab)) {
            terminal.child.awaitText("rx-d0.1");
            try (Child load = Trafgen.paced(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 40_000, 4_000)) {
                terminal.child.awaitText(" k"); // a rate of at least a thousand in a second
                terminal.type("q");
                terminal.assertGivenBack(0);
                load.awaitSuccess();
            }
            ifqd.awaitQuiet();
            ifqd.terminate();
        }
    }

    @Test
    void ctrlCAndSigtermEndIt() throws Exception {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            try (Terminal terminal = new Terminal(lab)) {
                terminal.child.awaitText(SHOWN);
                terminal.type("\003");
                terminal.assertGivenBack(0);
            }
            Files.delete(folder.resolve("keys"));
            try (Terminal terminal = new Terminal(lab)) {
                terminal.child.awaitText(SHOWN);
                terminal.terminate();
                terminal.assertGivenBack(0);
            }
            ifqd.terminate();
        }
    }

    @Test
    void endsWithTheDaemon() throws Exception {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder);
                Terminal terminal = new Terminal(lab)) {
            terminal.child.awaitText(SHOWN);
            ifqd.terminate();
            terminal.assertGivenBack(1);
            Assertions.assertTrue(
                    terminal.child.out().contains("ifqd: the ifqd at " + control() + " has stopped"),
                    terminal.child::toString);
        }
    }

    @Test
    void withoutATerminalItSaysWhatToUse() {
        try (Child top =
                Child.start(Ifqd.command(List.of("top", "--control", control().toString())))) {
            Assertions.assertEquals(2, top.awaitExit(), top::toString);
            Assertions.assertEquals(1, top.err().lines().count(), top::toString);
            Assertions.assertTrue(top.err().contains("ifqd stats --watch"), top::toString);
        }
    }
}
