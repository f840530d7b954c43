package org.ifqd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that a kernel does not give on demand. */
class RtnetlinkScriptTest {
    private static final int NEWLINK = RtnetlinkLayout.RTM_NEWLINK;
    private static final int ERROR = RtnetlinkLayout.NLMSG_ERROR;
    private static final int DONE = RtnetlinkLayout.NLMSG_DONE;
    private static final int INTERRUPTED = RtnetlinkLayout.NLM_F_DUMP_INTR;

    private final ScriptedKernel kernel = new ScriptedKernel();

    @Test
    void collectsSeveralDatagrams() {
        kernel.answer(s -> List.of(
                MessageBytes.datagram(link(1, "a", 0, s), link(2, "b", 0, s)),
                link(3, "c", 0, s),
                MessageBytes.datagram(link(4, "d", 0, s), done(0, 0, s))));
        assertEquals(List.of("a", "b", "c", "d"), names());
    }

    @Test
    void asksAgainWhenTheListChangedMeanwhile() {
        kernel.answer(s -> List.of(link(1, "a", INTERRUPTED, s), done(0, 0, s)));
        kernel.answer(s -> List.of(link(1, "a", 0, s), done(0, INTERRUPTED, s)));
        kernel.answer(s -> List.of(link(2, "b", 0, s), done(0, 0, s)));
        assertEquals(List.of("b"), names());
    }

    @Test
    void givesUpWhenTheListNeverHoldsStill() {
        for (int i = 0; i < Rtnetlink.TRIES; i++) {
            kernel.answer(s -> List.of(done(0, INTERRUPTED, s)));
        }
        ErrnoException e = assertThrows(ErrnoException.class, this::names);
        assertEquals(Errno.EINTR, e.errno());
    }

    @Test
    void skipsWhatAnswersAnOlderQuestion() {
        kernel.answer(s ->
                List.of(link(9, "old", 0, s - 1), done(-Errno.EPERM, 0, s - 1), link(1, "a", 0, s), done(0, 0, s)));
        assertEquals(List.of("a"), names());
    }

    @Test
    void aDatagramLargerThanTheBufferIsReadWhole() {
        byte[] large =
                MessageBytes.link(1, "large").attribute(999, new byte[60_000]).message(NEWLINK, 0, 1);
        kernel.answer(s -> List.of(large, done(0, 0, s)));
        assertEquals(List.of("large"), names());
    }

    @Test
    void refusalsAreReported() {
        kernel.answer(s -> List.of(MessageBytes.result(-Errno.EPERM).message(ERROR, 0, s)));
        assertEquals(
                Errno.EPERM, assertThrows(ErrnoException.class, this::names).errno());
        kernel.answer(s -> List.of(link(1, "a", 0, s), done(-Errno.ENOMEM, 0, s)));
        assertEquals(
                Errno.ENOMEM, assertThrows(ErrnoException.class, this::names).errno());
        kernel.answer(s -> List.of(MessageBytes.result(-Errno.EINVAL).message(ERROR, 0, s)));
        try (Rtnetlink rtnetlink = new Rtnetlink(kernel.libc())) {
            ErrnoException e = assertThrows(ErrnoException.class, () -> rtnetlink.link("d0"));
            assertEquals("RTM_GETLINK d0: EINVAL", e.getMessage());
        }
    }

    @Test
    void anUnknownNameIsNoError() {
        kernel.answer(s -> List.of(MessageBytes.result(-Errno.ENODEV).message(ERROR, 0, s)));
        try (Rtnetlink rtnetlink = new Rtnetlink(kernel.libc())) {
            assertTrue(rtnetlink.link("d0").isEmpty());
        }
    }

    @Test
    void silenceEndsWithAnError() {
        kernel.answer(s -> List.of(link(1, "a", 0, s)));
        assertEquals(
                Errno.EAGAIN, assertThrows(ErrnoException.class, this::names).errno());
    }

    @Test
    void aFloodOfStrangeAnswersEndsWithAnError() {
        kernel.endless = true;
        kernel.answer(s -> List.of(link(1, "a", 0, s + 1)));
        kernel.slowDownNs = 10_000_000;
        assertEquals(
                Errno.EAGAIN, assertThrows(ErrnoException.class, this::names).errno());
    }

    @Test
    void aCutAnswerIsRefusedAndItsRestIsSkipped() {
        kernel.answer(s -> List.of(new byte[] {1, 2, 3}, link(1, "left over", 0, s), done(0, 0, s)));
        kernel.answer(s -> List.of(link(2, "b", 0, s), done(0, 0, s)));
        try (Rtnetlink rtnetlink = new Rtnetlink(kernel.libc())) {
            assertThrows(NetlinkFormatException.class, rtnetlink::links);
            assertEquals(
                    List.of("b"), rtnetlink.links().stream().map(Link::name).toList());
        }
    }

    @Test
    void signalsDoNotMatter() {
        kernel.fail("sendto", Errno.EINTR).fail("recv", Errno.EINTR);
        kernel.answer(s -> List.of(link(1, "a", 0, s), done(0, 0, s)));
        assertEquals(List.of("a"), names());
    }

    @ParameterizedTest
    @ValueSource(strings = {"socket", "setsockopt", "bind", "sendto", "recv"})
    void everyFailureIsReportedAndNothingStaysOpen(String call) {
        kernel.fail(call, Errno.ENOMEM).answer(s -> List.of(done(0, 0, s)));
        ErrnoException e = assertThrows(ErrnoException.class, this::names);
        assertEquals(Errno.ENOMEM, e.errno());
        int opened = call.equals("socket") ? 0 : 1;
        assertEquals(opened, Collections.frequency(kernel.calls, "close"), kernel.calls.toString());
    }

    private List<String> names() {
        try (Rtnetlink rtnetlink = new Rtnetlink(kernel.libc(), Duration.ofMillis(100));
                Stream<Link> links = rtnetlink.links().stream()) {
            return links.map(Link::name).toList();
        }
    }

    private static byte[] link(int index, String name, int flags, int sequence) {
        return MessageBytes.link(index, name).message(NEWLINK, flags, sequence);
    }

    private static byte[] done(int result, int flags, int sequence) {
        return MessageBytes.result(result).message(DONE, flags, sequence);
    }
}
