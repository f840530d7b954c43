package org.ifqd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels that cannot or will not: each failure is one line with its cure, and leaves no descriptor behind. */
class IngressDropScriptTest {
    private static final int LAST = 3; // batch begin, table, chain, batch end: the chain is the last with a result

    private final ScriptedKernel kernel = new ScriptedKernel();

    private IngressDrop open() {
        return IngressDrop.open(kernel.libc(), "ifqdt", List.of("d0"));
    }

    private static byte[] result(int errno, int sequence) {
        return MessageBytes.result(-errno).message(RtnetlinkLayout.NLMSG_ERROR, 0, sequence);
    }

    private ErrnoException refused() {
        ErrnoException e = assertThrows(ErrnoException.class, this::open);
        assertEquals(
                kernel.calls.contains("bind") ? "close" : "socket", // what was opened is closed, last of all
                kernel.calls.getLast());
        return e;
    }

    @Test
    void itIsThereWhenTheLastRequestSucceeded() {
        kernel.answer(s -> List.of(result(0, 2), result(0, LAST)));
        IngressDrop drop = open();
        assertFalse(kernel.calls.contains("close"));
        drop.close();
        drop.close();
        assertEquals(1, kernel.calls.stream().filter("close"::equals).count());
    }

    @Test
    void theFirstErrorCountsEvenIfTheLastRequestSucceeded() {
        kernel.answer(s -> List.of(MessageBytes.datagram(result(Errno.EOPNOTSUPP, 2), result(0, LAST))));
        assertEquals(Errno.EOPNOTSUPP, refused().errno());
    }

    @ParameterizedTest
    @CsvSource({
        Errno.EPERM + ", 1, needs CAP_NET_ADMIN",
        Errno.EPERM + ", 2, another process has made it",
        Errno.EINVAL + ", 2, needs Linux 5.12",
        Errno.EOPNOTSUPP + ", 3, needs Linux 5.12",
        Errno.ENOENT + ", 3, an interface is gone"
    })
    void aRefusalNamesItsCure(int errno, int sequence, String cure) {
        kernel.answer(s -> List.of(result(errno, sequence)));
        String message = refused().getMessage();
        assertTrue(message.contains("ifqdt") && message.contains(cure), message);
    }

    @Test
    void aKernelWithoutNetfilterIsNamed() {
        kernel.fail("socket", Errno.EPROTONOSUPPORT);
        assertTrue(refused().getMessage().contains("needs Linux 5.12 with nf_tables"));
    }

    @Test
    void noAnswerIsAnError() {
        kernel.answer(s -> List.of());
        assertEquals(Errno.EAGAIN, refused().errno());
    }

    @ParameterizedTest
    @ValueSource(strings = {"socket", "setsockopt", "bind", "sendto", "recv"})
    void eachCallMayFail(String call) {
        kernel.fail(call, Errno.ENOMEM);
        kernel.answer(s -> List.of(result(0, LAST)));
        assertEquals(
                Errno.ENOMEM, assertThrows(ErrnoException.class, this::open).errno());
        assertEquals(!call.equals("socket"), kernel.calls.contains("close"));
    }
}
