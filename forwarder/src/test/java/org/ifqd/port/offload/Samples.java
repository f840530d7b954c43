package org.ifqd.port.offload;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** GSO frames of every kind that can be cut, up to 64 KiB, for jqwik. */
final class Samples extends DomainContextBase {
    private static final int LARGEST = 0xffff;

    private static final List<List<Integer>> TAGS =
            List.of(List.of(), List.of(0x8100), List.of(0x88a8), List.of(0x88a8, 0x8100), List.of(0x8100, 0x8100));

    private static final List<List<Integer>> EXTENSIONS = List.of(
            List.of(),
            List.of(0),
            List.of(60),
            List.of(43),
            List.of(0, 60, 43, 60),
            List.of(Sample.SEGMENT_ROUTING),
            List.of(0, Sample.SEGMENT_ROUTING, 60));

    @Provide
    Arbitrary<Sample> samples() {
        Arbitrary<Boolean> ipv6 = Arbitraries.of(false, true);
        Arbitrary<Boolean> tcp = Arbitraries.of(true, true, false);
        Arbitrary<Integer> words = Arbitraries.integers().between(0, 10);
        Arbitrary<int[]> header = Combinators.combine(
                        words, words, Arbitraries.integers().between(0, 0xff), Arbitraries.integers())
                .as((ip, transport, flags, sequence) -> new int[] {ip, transport, flags, sequence});
        Arbitrary<int[]> sizes = Arbitraries.integers().between(8, 9000).flatMap(gsoSize -> Arbitraries.integers()
                .between(0, 3 * gsoSize)
                .flatMap(small -> Arbitraries.of(small, gsoSize * Math.max(1, small % 128), 60_000))
                .map(payload -> new int[] {gsoSize, payload}));
        Arbitrary<Boolean> partial = Arbitraries.of(true, true, true, false);
        return Combinators.combine(
                        Arbitraries.of(TAGS), ipv6, tcp, Arbitraries.of(EXTENSIONS), header, sizes, partial, seeds())
                .as(Samples::sample)
                .withoutEdgeCases(); // the sizes have their own, and all combinations would be thousands
    }

    private static Arbitrary<Long> seeds() {
        return Arbitraries.longs();
    }

    private static Sample sample(
            List<Integer> tags,
            boolean ipv6,
            boolean tcp,
            List<Integer> extensions,
            int[] header,
            int[] sizes,
            boolean partial,
            long seed) {
        int room = LARGEST - 40 - 200; // what the longest headers leave
        int payload = Math.min(sizes[1], tcp ? room : Math.min(room, 128 * sizes[0]));
        return new Sample(
                tags,
                ipv6,
                tcp,
                header[0],
                extensions,
                header[1],
                header[2],
                header[3] & 0xffff | 1, // 0 with DF stays 0
                header[3],
                payload,
                sizes[0],
                partial,
                seed);
    }
}
