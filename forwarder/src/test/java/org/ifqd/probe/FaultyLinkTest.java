package org.ifqd.probe;

import org.ifqd.cli.ProbeRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A device that loses, swaps, doubles or changes frames: the probe says exactly what it did. */
class FaultyLinkTest {
    private static Lab lab;

    @BeforeAll
    static void open() {
        lab = Lab.open(2);
    }

    @AfterAll
    static void close() {
        if (lab != null) {
            lab.close();
        }
    }

    private static ProbeRun probe(FaultyLink.Fault fault, String arguments) throws InterruptedException {
        FaultyLink link = FaultyLink.start(lab.port("r0"), lab.port("l1"), fault);
        try {
            return ProbeRun.of(lab.port("l0") + " " + lab.port("r1") + " --rate 20000 --timeout 0.5 " + arguments);
        } finally {
            link.close();
        }
    }

    @Test
    void faultlessIsClean() throws InterruptedException {
        probe((link, n) -> link.send(), "--count 1000").expect(0, 0, "sent", 1000, "received", 1000);
    }

    @Test
    void droppedFramesAreLost() throws InterruptedException {
        FaultyLink.Fault fault = (link, n) -> {
            if (n % 10 != 3) {
                link.send();
            }
        };
        String run = "--count 1000 --flows 7 --size 64-300";
        probe(fault, run)
                .expect(
                        1,
                        0,
                        "sent",
                        1000,
                        "received",
                        900,
                        "lost",
                        100,
                        "reordered",
                        0,
                        "duplicated",
                        0,
                        "corrupted",
                        0);
        probe(fault, run + " --allow-loss").expect(0, 0, "lost", 100);
    }

    @Test
    void lastFrameIsMissed() throws InterruptedException {
        probe(
                        (link, n) -> {
                            if (n != 99) {
                                link.send();
                            }
                        },
                        "--count 100")
                .expect(1, 0, "lost", 1);
    }

    @Test
    void swappedFramesAreReordered() throws InterruptedException {
        FaultyLink.Fault fault = (link, n) -> {
            if (n % 20 == 5) {
                link.keep();
                return;
            }
            link.send();
            if (n % 20 == 6) {
                link.sendKept();
            }
        };
        probe(fault, "--count 1000").expect(1, 0, "received", 1000, "lost", 0, "reordered", 50, "duplicated", 0);
        probe(fault, "--count 1000 --flows 2")
                .expect(0, 0, "received", 1000, "reordered", 0); // neighbours are of different flows
    }

    @Test
    void doubledFramesAreDuplicates() throws InterruptedException {
        probe(
                        (link, n) -> {
                            link.send();
                            if (n % 10 == 4) {
                                link.send();
                            }
                        },
                        "--count 1000")
                .expect(1, 0, "received", 1000, "lost", 0, "reordered", 0, "duplicated", 100);
    }

    /** Each frame has another bit flipped, so that over the run every bit of a frame was. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --size 60                                   | 60 | 0
                    --size 64 --tag 802.1q:5:3                  | 64 | 4
                    --size 68 --tag 802.1ad:6 --tag 802.1q:7    | 68 | 8
                    """)
    void everyFlippedBitIsCorruption(String arguments, int bytes, int tagBytes) throws InterruptedException {
        int bits = bytes * 8;
        probe(
                        (link, n) -> {
                            link.flip(n % bits);
                            link.send();
                        },
                        arguments + " --count " + bits)
                .expect(1, 0, "received", 0, "lost", bits, "corrupted", bits, "foreign", 0)
                .expect(
                        1,
                        0,
                        "wrongAddresses",
                        96,
                        "wrongTags",
                        tagBytes * 8,
                        "wrongContent",
                        bits - 96 - tagBytes * 8);
    }

    @Test
    void lostTagIsAWrongTag() throws InterruptedException {
        FaultyLink.Fault fault = (link, n) -> {
            if (n % 2 == 0) {
                link.remove(12, 4);
            }
            link.send();
        };
        probe(fault, "--count 100 --tag 802.1ad:5 --tag 802.1q:6 --size 100")
                .expect(1, 0, "received", 50, "lost", 50, "corrupted", 50, "wrongTags", 50);
    }

    @Test
    void cutFrameIsCorruption() throws InterruptedException {
        FaultyLink.Fault fault = (link, n) -> {
            link.cut(1);
            link.send();
        };
        probe(fault, "--count 100 --size 100").expect(1, 0, "received", 0, "corrupted", 100, "wrongContent", 100);
    }
}
