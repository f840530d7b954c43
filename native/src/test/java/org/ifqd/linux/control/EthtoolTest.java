package org.ifqd.linux.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.VethPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drivers' own answers, compared with what ethtool(8) says. */
class EthtoolTest {
    /** Features that ethtool(8) lists under an older name. */
    private static final Map<String, String> OLD_NAMES = Map.of(
            "rx-checksum", "rx-checksumming",
            "tx-generic-segmentation", "generic-segmentation-offload",
            "rx-gro", "generic-receive-offload",
            "rx-lro", "large-receive-offload",
            "rx-vlan-hw-parse", "rx-vlan-offload",
            "tx-vlan-hw-insert", "tx-vlan-offload",
            "rx-ntuple-filter", "ntuple-filters",
            "rx-hashing", "receive-hashing");

    private final Ethtool ethtool = Ethtool.open();

    @AfterEach
    void close() {
        ethtool.close();
    }

    @Test
    void namesTheDriver() {
        try (VethPair pair = new VethPair()) {
            Driver driver = ethtool.driver(pair.left()).orElseThrow();
            assertEquals("veth", driver.name());
            assertEquals("", driver.busAddress());
        }
    }

    @Test
    void everyFeatureAgreesWithEthtool() {
        Shell.assumeTools("ethtool");
        try (VethPair pair = new VethPair()) {
            assertEquals(shown(pair.left()), ours(pair.left()));
            Feature before = ethtool.features(pair.left()).get("tx-tcp-segmentation");
            assertEquals(new Feature("tx-tcp-segmentation", true, false), before);
            Shell.run("ethtool", "-K", pair.left(), "tso", "off", "gro", "on");
            Map<String, Feature> after = ethtool.features(pair.left());
            assertFalse(after.get("tx-tcp-segmentation").on());
            assertTrue(after.get("rx-gro").on());
            assertEquals(new Feature("rx-lro", false, true), after.get("rx-lro"));
            assertEquals(shown(pair.left()), ours(pair.left()));
        }
    }

    @Test
    void switchesFeatures() {
        try (VethPair pair = new VethPair()) {
            Map<String, Boolean> off =
                    Map.of("tx-tcp-segmentation", false, "tx-generic-segmentation", false, "rx-gro", true);
            assertEquals(Set.of(), ethtool.setFeatures(pair.left(), off));
            Map<String, Feature> now = ethtool.features(pair.left());
            off.forEach((name, on) -> assertEquals(on, now.get(name).on(), name));
            assertEquals(Set.of(), ethtool.setFeatures(pair.left(), Map.of("tx-tcp-segmentation", true)));
            assertTrue(ethtool.features(pair.left()).get("tx-tcp-segmentation").on());
        }
    }

    @Test
    void tellsWhichFeaturesCannotBeSwitched() {
        try (VethPair pair = new VethPair()) {
            Map<String, Boolean> wanted = Map.of("rx-lro", true, "no-such-feature", true, "rx-gro", true);
            assertEquals(Set.of("no-such-feature", "rx-lro"), ethtool.setFeatures(pair.left(), wanted));
            assertTrue(ethtool.features(pair.left()).get("rx-gro").on());
        }
    }

    /**
     * {@code ethtool -k}: name to "on", "off", with " [fixed]" behind it; sums such as "tx-checksumming" are left out.
     */
    private static Map<String, String> shown(String name) {
        Map<String, String> features = new TreeMap<>();
        for (String line : Shell.run("ethtool", "-k", name).lines().skip(1).toList()) {
            String[] parts = line.strip().split(": ", 2);
            features.put(parts[0], parts[1].replaceAll(" \\[requested.*", ""));
        }
        features.remove("tx-checksumming");
        features.remove("scatter-gather");
        features.remove("tcp-segmentation-offload");
        return features;
    }

    private Map<String, String> ours(String name) {
        Map<String, String> features = new TreeMap<>();
        for (Feature feature : ethtool.features(name).values()) {
            String state = (feature.on() ? "on" : "off") + (feature.fixed() ? " [fixed]" : "");
            features.put(OLD_NAMES.getOrDefault(feature.name(), feature.name()), state);
        }
        return features;
    }

    @Test
    void countsChannels() {
        try (VethPair pair = new VethPair()) {
            Channels channels = ethtool.channels(pair.left()).orElseThrow();
            assertEquals(Integer.parseInt(Shell.queues(pair.left(), "rx")), channels.rxQueues());
            assertEquals(Integer.parseInt(Shell.queues(pair.left(), "tx")), channels.txQueues());
            assertEquals(0, channels.combined());
            assertTrue(channels.maxRx() >= channels.rx());
        }
    }

    /** A virtual pair has none; a driver that has is played here, since no virtual one does. */
    @Test
    void readsRings() {
        try (VethPair pair = new VethPair()) {
            assertEquals(Optional.empty(), ethtool.rings(pair.left()));
        }
        ControlLibc hardware = answering(command -> {
            assertEquals(EthtoolLayout.ETHTOOL_GRINGPARAM, command.getInt(EthtoolLayout.CMD));
            command.putInt(EthtoolLayout.RINGPARAM_RX_MAX, 4096);
            command.putInt(EthtoolLayout.RINGPARAM_TX_MAX, 2048);
            command.putInt(EthtoolLayout.RINGPARAM_RX, 512);
            command.putInt(EthtoolLayout.RINGPARAM_TX, 256);
        });
        try (Ethtool asked = new Ethtool(hardware)) {
            assertEquals(Optional.of(new Rings(512, 256, 4096, 2048)), asked.rings("eth7"));
        }
    }

    @Test
    void seesTheLink() throws InterruptedException {
        try (VethPair pair = new VethPair()) {
            assertEquals(Optional.of(false), ethtool.linkDetected(pair.left()));
            pair.up();
            assertEquals(Optional.of(true), ethtool.linkDetected(pair.left()));
            Shell.run("ip", "link", "set", pair.right(), "down");
            assertEquals(Optional.of(false), ethtool.linkDetected(pair.left()));
        }
    }

    /** The loopback device has neither a driver nor channels, but features. */
    @Test
    void whatADriverDoesNotKnowIsEmpty() {
        assertEquals(Optional.empty(), ethtool.driver("lo"));
        assertEquals(Optional.empty(), ethtool.channels("lo"));
        assertTrue(ethtool.features("lo").get("loopback").on());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ifqdt-no-such", "", "a-name-of-more-than-15-bytes"})
    void anInterfaceThatDoesNotExistIsAnError(String name) {
        ErrnoException e = assertThrows(ErrnoException.class, () -> ethtool.driver(name));
        assertEquals(Errno.ENODEV, e.errno());
        assertTrue(e.getMessage().startsWith("ETHTOOL_GDRVINFO " + name + ": ENODEV; "), e.getMessage());
    }

    @Test
    void otherErrorsAreThrown() {
        try (Ethtool refused = new Ethtool(failing(Errno.EPERM))) {
            assertEquals(
                    Errno.EPERM,
                    assertThrows(ErrnoException.class, () -> refused.features("d0"))
                            .errno());
        }
        try (Ethtool unknown = new Ethtool(failing(Errno.EOPNOTSUPP))) {
            assertEquals(Map.of(), unknown.features("d0"));
            assertEquals(Optional.empty(), unknown.linkDetected("d0"));
        }
    }

    @Test
    void nothingStaysOpen() {
        long before = Shell.openDescriptors();
        for (int i = 0; i < 100; i++) {
            try (Ethtool another = Ethtool.open()) {
                another.features("lo");
            }
        }
        assertEquals(before, Shell.openDescriptors());
    }

    private static ControlLibc failing(int errno) {
        return new FakeDriver(command -> {
            Runtime.getSystemRuntime().setLastError(errno);
            return -1;
        });
    }

    private static ControlLibc answering(Consumer<Pointer> driver) {
        return new FakeDriver(command -> {
            driver.accept(command);
            return 0;
        });
    }

    /** @param ioctl gets ethtool's structure */
    private record FakeDriver(ToIntFunction<Pointer> ioctl) implements ControlLibc {
        @Override
        public int socket(int domain, int type, int protocol) {
            return 42;
        }

        @Override
        public int ioctl(int fd, long request, Pointer argument) {
            return ioctl.applyAsInt(argument.getPointer(EthtoolLayout.IFR_DATA));
        }

        @Override
        public int close(int fd) {
            return 0;
        }
    }
}
