package org.ifqd.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The search finds what is known of a device, whatever the tester can. */
class RateSearchTest {
    private static final Sizes SIZE = Sizes.parse("64").getFirst();
    private static final double FAST = 2_000_000;
    private static final Goal STRICT = BenchmarkConfig.goal(0, 0, 60);

    private static List<Report.Throughput> search(SimulatedDevice device, double maximum, Goal... goals)
            throws InterruptedException {
        return new RateSearch(device, SIZE.frames(), maximum).search(List.of(goals));
    }

    @ParameterizedTest
    @CsvSource({"1000,0", "8256,96", "100000,512", "148809,10000", "1234567,16384"})
    void boundsAreAroundTheTruth(double capacity, double queue) throws InterruptedException {
        SimulatedDevice device = new SimulatedDevice(capacity, queue, FAST);
        Report.Throughput found = search(device, 0, STRICT).getFirst();
        assertEquals(Report.Limit.DEVICE, found.limit());
        double most = capacity + (queue + 1) / STRICT.finalSeconds(); // a trial that long fills the queue
        assertTrue(found.lower() <= most && found.upper() > capacity, found::toString);
        assertTrue(found.upper() / found.lower() < 1 + 1.01 * STRICT.width(), found::toString);
        assertEquals(found.lower(), found.conditional());
        long full = device.trials.stream().filter(t -> t.seconds() == 60).count();
        assertTrue(full <= 6, full + " trials of full length");
    }

    @Test
    void deviceThatTakesAllIsAtLeastAsFastAsTheTester() throws InterruptedException {
        Report.Throughput found =
                search(new SimulatedDevice(5e6, 0, FAST), 0, STRICT).getFirst();
        assertEquals(Report.Limit.TESTER, found.limit());
        assertEquals(FAST, found.lower(), FAST * 0.006);
        assertNull(found.upper());
    }

    @Test
    void highestLoadOfTheLine() throws InterruptedException {
        Report.Throughput found =
                search(new SimulatedDevice(5e6, 0, FAST), 148_809, STRICT).getFirst();
        assertEquals(Report.Limit.HIGHEST_LOAD, found.limit());
        assertEquals(148_809, found.lower(), 1);
        assertNull(found.upper());
    }

    @Test
    void senderBelowTheLineIsNamed() throws InterruptedException {
        Report.Throughput found =
                search(new SimulatedDevice(5e6, 0, 100_000), 148_809, STRICT).getFirst();
        assertEquals(Report.Limit.TESTER, found.limit());
        assertEquals(100_000, found.lower(), 600);
    }

    @Test
    void receiverThatIsTooSlowIsNotTheDevice() throws InterruptedException {
        SimulatedDevice device = new SimulatedDevice(5e6, 0, FAST);
        device.receiver = 300_000;
        Report.Throughput found = search(device, 0, STRICT).getFirst();
        assertEquals(Report.Limit.TESTER, found.limit());
        assertTrue(found.lower() > 250_000 && found.lower() <= 300_000, found::toString);
    }

    @Test
    void deviceThatAlwaysLosesPassesNothing() throws InterruptedException {
        SimulatedDevice device = new SimulatedDevice(5e6, 0, FAST);
        device.badTrials = 1;
        Report.Throughput found = search(device, 0, STRICT).getFirst();
        assertEquals(Report.Limit.NOTHING_PASSED, found.limit());
        assertEquals(0, found.lower());
        assertTrue(device.trials.size() < 60, device.trials.size() + " trials");
    }

    @Test
    void lossThatIsAcceptedIsSearchedBesides() throws InterruptedException {
        SimulatedDevice device = new SimulatedDevice(200_000, 0, FAST);
        device.losesEvery = 1000;
        List<Report.Throughput> found =
                search(device, 0, BenchmarkConfig.goal(0.005, 0, 60), BenchmarkConfig.goal(0.1, 0, 60));
        double partial = 200_000 / 0.996; // 0.1 % of all are lost anyway
        assertEquals(partial, found.get(0).lower(), partial * 0.006);
        assertEquals(200_000 / 0.901, found.get(1).lower(), 222_222 * 0.006);
        assertTrue(found.get(0).conditional() < found.get(0).lower(), found::toString);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.15})
    void disturbedMachineIsSeenThrough(double badTrials) throws InterruptedException {
        SimulatedDevice device = new SimulatedDevice(200_000, 64, FAST);
        device.badTrials = badTrials;
        Report.Throughput found =
                search(device, 0, BenchmarkConfig.goal(0, 0.5, 2)).getFirst();
        assertEquals(200_000, found.lower(), 200_000 * 0.015, found::toString);
    }

    @Test
    void shortTrialsNeverShowThatALoadIsGood() {
        LoadHistory history = new LoadHistory();
        history.add(100, 100, 1, 0);
        assertEquals(LoadHistory.Bound.UNDECIDED, history.classify(100, STRICT));
        history.add(100, 100, 60, 0);
        assertEquals(LoadHistory.Bound.LOWER, history.classify(100, STRICT));
        history.add(200, 200, 1, 0.1);
        assertEquals(LoadHistory.Bound.UPPER, history.classify(200, STRICT));
        assertEquals(100, history.lower(STRICT));
        assertEquals(200, history.upper(STRICT));
    }

    /** The draft: half of the time may be bad, and short bad trials weigh as far as good ones do not outweigh them. */
    @Test
    void exceedRatioWeighsTime() {
        Goal half = new Goal(0, 0.5, 1, 10, 40, 0.005);
        LoadHistory history = new LoadHistory();
        history.add(100, 100, 10, 0.1);
        history.add(100, 100, 10, 0.1);
        assertEquals(LoadHistory.Bound.UNDECIDED, history.classify(100, half));
        history.add(100, 100, 10, 0);
        assertEquals(LoadHistory.Bound.UNDECIDED, history.classify(100, half));
        history.add(100, 100, 10, 0);
        assertEquals(LoadHistory.Bound.LOWER, history.classify(100, half));
        assertEquals(100, history.conditionalThroughput(100, half));
        history.add(200, 200, 1, 0.1);
        history.add(200, 200, 1, 0);
        for (int i = 0; i < 2; i++) {
            history.add(200, 200, 10, 0.1);
            assertEquals(LoadHistory.Bound.UNDECIDED, history.classify(200, half));
        }
        history.add(200, 200, 10, 0.1);
        assertEquals(LoadHistory.Bound.UPPER, history.classify(200, half));
    }

    @Test
    void phasesGetLongerAndNarrower() {
        List<Goal> phases = STRICT.phases();
        assertEquals(STRICT, phases.getLast());
        assertEquals(
                List.of(3.75, 15.0, 60.0),
                phases.stream().map(Goal::finalSeconds).toList());
        assertEquals(
                List.of(0.02, 0.01, 0.005), phases.stream().map(Goal::width).toList());
    }
}
