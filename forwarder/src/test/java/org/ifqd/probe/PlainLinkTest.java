package org.ifqd.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import org.ifqd.cli.ProbeRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Across a cable nothing is lost or changed. */
class PlainLinkTest {
    private static Lab lab;

    @BeforeAll
    static void open() {
        lab = Lab.open(1);
    }

    @AfterAll
    static void close() {
        if (lab != null) {
            lab.close();
        }
    }

    private static ProbeRun probe(String arguments) {
        return ProbeRun.of(lab.port("l0") + " " + lab.port("r0") + " " + arguments);
    }

    @Test
    void allSizes() {
        probe("--size 60-1514 --count 2910 --rate 20000")
                .expect(0, 0, "sent", 2910, "received", 2910, "lost", 0, "foreign", 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--tag 802.1q:100 --size 64,1518",
                "--tag 802.1q:0:7 --size 64-100",
                "--tag 802.1q:4095:7:1 --size 64-100",
                "--tag 802.1ad:100:3 --size 64,1518",
                "--tag 802.1ad:7 --tag 802.1q:8 --size 68,1518",
                "--tag 802.1q:7 --tag 802.1q:8 --tag 0x9100:9 --size 72,1518"
            })
    void tags(String tags) {
        probe(tags + " --count 300 --rate 20000 --flows 3").expect(0, 0, "sent", 300, "received", 300, "corrupted", 0);
    }

    @Test
    void bothDirectionsAndManyFlows() {
        probe("--both --flows 1000 --count 5000 --rate 20000 --payload zero --warm-up 0.05")
                .expect(0, 0, "sent", 5000, "received", 5000, "foreign", 0)
                .expect(0, 1, "sent", 5000, "received", 5000, "foreign", 0);
    }

    @Test
    void warmUpIsSentAndNotCounted() {
        ProbeRun run =
                probe("--warm-up 0.1 --count 100 --rate 5000").expect(0, 0, "sent", 100, "received", 100, "foreign", 0);
        assertTrue(run.number(0, "warmUp") > 0, run::toString);
    }

    @Test
    void timeEndsARunWithoutCount() {
        ProbeRun run = probe("--seconds 0.2 --rate 1000").expect(0, 0, "lost", 0);
        assertTrue(run.number(0, "sent") > 0 && run.number(0, "sent") <= 201, run::toString);
    }

    @Test
    void senderAndReceiverApart() throws InterruptedException {
        CompletableFuture<ProbeRun> receiver =
                ProbeRun.startReady("--receive-only " + lab.port("r0") + " --seconds 20 --count 500 --tag 802.1q:5");
        ProbeRun.of("--send-only " + lab.port("l0") + " --count 500 --rate 20000 --tag 802.1q:5")
                .expect(0, 0, "sent", 500);
        receiver.join().expect(0, 0, "sent", 500, "received", 500, "lost", 0);
    }

    @Test
    void receiverAloneGoesByTheNumbers() throws InterruptedException {
        CompletableFuture<ProbeRun> receiver =
                ProbeRun.startReady("--receive-only " + lab.port("r0") + " --timeout 0.3 --flows 2 --stream 77");
        ProbeRun.of("--send-only " + lab.port("l0") + " --count 500 --rate 20000 --flows 3 --stream 77")
                .expect(0, 0, "sent", 500);
        receiver.join().expect(0, 0, "sent", 334, "received", 334, "foreign", 166);
    }

    @Test
    void sizeBeyondTheMtuIsRefusedBeforehand() {
        ProbeRun run = probe("--size 1515");
        assertEquals(2, run.status(), run::toString);
        assertTrue(run.err().contains("takes at most 1514 bytes"), run::toString);
    }

    @Test
    void unknownNamespaceIsSaid() {
        ProbeRun run = ProbeRun.of("ifqdtp-none/a ifqdtp-none/b");
        assertEquals(2, run.status(), run::toString);
        assertTrue(run.err().contains("no such network namespace: ifqdtp-none"), run::toString);
    }
}
