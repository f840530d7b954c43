package org.ifqd.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code ifqd probe} from end to end of the lab, through a forwarder: its verdict has to be clean, and the accounts
 * agree.
 */
@Tag("e2e")
class ProbeE2eTest {
    private static final long COUNT = 20_000;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--tag 802.1q:42:5", "--tag 802.1ad:7:3", "--tag 802.1ad:7 --tag 802.1q:42"})
    void findsNothing(String tags) throws IOException {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--rx-ring", Ifqd.ROOMY_RING)) {
            List<String> arguments = new ArrayList<>(
                    List.of("probe", lab.namespace(Node.GEN) + "/g0", lab.namespace(Node.SINK) + "/s0", "--both"));
            arguments.addAll(List.of("--count", "" + COUNT, "--rate", "10000", "--flows", "16"));
            String longest = tags.isEmpty() ? "1514" : "1518"; // a tag is on top of the MTU
            arguments.addAll(List.of("--size", "68,69,127,512," + longest, "--rx-ring", "64MiB", "--json"));
            Stream.of(tags.split(" ")).filter(word -> !word.isEmpty()).forEach(arguments::add);
            try (Child probe = Child.start(Ifqd.command(arguments))) {
                Map<?, ?> report = JSON.std.mapFrom(probe.awaitSuccess());
                Assertions.assertEquals(true, report.get("clean"), probe::toString);
                List<?> directions = (List<?>) report.get("directions");
                Assertions.assertEquals(2, directions.size(), probe::toString);
                for (Object direction : directions) {
                    assertClean((Map<?, ?>) direction);
                }
            }
            Stats stats = ifqd.awaitQuiet();
            Assertions.assertEquals(COUNT, stats.port(Nic.d0).txFrames(), stats::json);
            Assertions.assertEquals(COUNT, stats.port(Nic.d1).txFrames(), stats::json);
            ifqd.terminate();
        }
    }

    private static void assertClean(Map<?, ?> direction) {
        Assertions.assertEquals(COUNT, number(direction, "sent"), direction::toString);
        Assertions.assertEquals(COUNT, number(direction, "received"), direction::toString);
        for (String fault : List.of("lost", "reordered", "duplicated", "tooOld", "corrupted", "refused", "foreign")) {
            Assertions.assertEquals(0, number(direction, fault), () -> fault + " " + direction);
        }
    }

    private static long number(Map<?, ?> direction, String key) {
        return ((Number) direction.get(key)).longValue();
    }
}
