package org.ifqd.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ifqd.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is measured besides the throughput, on devices whose truth is known. */
class MeasurementsTest {
    private static final Sizes SIZE = Sizes.parse("64").getFirst();

    @ParameterizedTest
    @CsvSource({"100,500000", "1000,10000", "16384,900000", "512,1000"})
    void queueIsFoundWithinOnePercent(double queue, double capacity) throws InterruptedException {
        BackToBack test = new BackToBack(new SimulatedDevice(capacity, queue, 1e6), SIZE.frames(), 2_000_000);
        Report.BackToBackReport found = test.measure(5, capacity);
        assertEquals(queue, found.queue(), Math.max(1.5, queue * 0.01), found::toString);
        assertEquals(queue / 1e6, found.queueSeconds(), queue / 1e6 * 0.02);
        assertTrue(found.min() <= found.average() && found.average() <= found.max(), found::toString);
    }

    @Test
    void deviceAsFastAsTheBurstsHasNoLongestBurst() throws InterruptedException {
        Report.BackToBackReport found =
                new BackToBack(new SimulatedDevice(2e6, 100, 1e6), SIZE.frames(), 2_000_000).measure(5, 1e6);
        assertTrue(found.unlimited(), found::toString);
        assertEquals(2_000_000, found.average());
    }

    @Test
    void burstSearchEndsWhereNothingPasses() throws InterruptedException {
        SimulatedDevice device = new SimulatedDevice(1e6, 100, 1e6);
        device.badTrials = 1;
        device.losesEvery = 1;
        Report.BackToBackReport found = new BackToBack(device, SIZE.frames(), 2_000_000).measure(2, 0);
        assertEquals(0, found.average());
        assertTrue(device.trials.size() < 50, device.trials.size() + " trials");
    }

    @Test
    void lossOfEveryThousandthIsExact() throws InterruptedException {
        SimulatedDevice device = new SimulatedDevice(2e6, 0, 1e6);
        device.losesEvery = 1000;
        List<Report.LossPoint> points = LossCurve.measure(device, SIZE.frames(), 1e6, 1);
        assertEquals(10, points.size());
        points.forEach(point -> assertEquals(0.001, point.lossRatio(), 1e-9));
    }

    @Test
    void lossCurveEndsAfterTwoCleanLoads() throws InterruptedException {
        List<Report.LossPoint> points = LossCurve.measure(new SimulatedDevice(650_000, 0, 1e6), SIZE.frames(), 1e6, 1);
        assertEquals(
                List.of(1.0, 0.9, 0.8, 0.7, 0.6, 0.5),
                points.stream().map(Report.LossPoint::load).toList());
        assertEquals(0.35, points.getFirst().lossRatio(), 1e-9);
        assertEquals(0, points.getLast().lossRatio());
    }

    @Test
    void recoveryIsWhenTheLastLostFrameWasSent() throws InterruptedException {
        SimulatedDevice device = new SimulatedDevice(1e6, 0, 2e6);
        assertEquals(0, Recovery.measure(device, SIZE.frames(), 100_000, 2, 2).seconds());
        Trial trial = device.trials.getFirst();
        assertEquals(110_000, trial.leadRate(), 1);
        assertEquals(50_000, trial.rate());
        device.badTrials = 1; // of 100,000 frames the last one that is missing is number 25,000
        assertEquals(0.5, Recovery.measure(device, SIZE.frames(), 100_000, 2, 2).seconds(), 0.001);
        Tester never = any -> new TrialResult(1, 1000, 1, 1000, 900, 0, 0, 0, 0, 998, 1, null, null);
        assertNull(Recovery.measure(never, SIZE.frames(), 2000, 1, 1).seconds());
    }

    @Test
    void sizesAreWithFcs() {
        List<Sizes> sizes = Sizes.parse("64, 1518,imix");
        assertEquals("60", sizes.get(0).frames().text());
        assertEquals(148_809.5, sizes.get(0).lineRate(100e6), 0.1);
        assertEquals(8_127.4, sizes.get(1).lineRate(100e6), 0.1);
        assertEquals(12, sizes.get(2).frames().bytes().length);
        assertEquals((7 * 64 + 4 * 594 + 1518) / 12.0, sizes.get(2).averageBytes(), 1e-9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "63", "64,", "70000", "x", "64-128"})
    void sizesThatAreNone(String text) {
        assertThrows(ConfigException.class, () -> Sizes.parse(text));
    }
}
