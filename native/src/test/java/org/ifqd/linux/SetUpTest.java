package org.ifqd.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.ifqd.linux.lab.FakeLibc;
import org.junit.jupiter.api.Test;

/** Fd, EventFd and Mapping over a scripted C library. */
class SetUpTest {
    private final FakeLibc libc = new FakeLibc();

    @Test
    void eventFdThatFailsSaysSo() {
        libc.failCall(1, Errno.EMFILE);
        ErrnoException e = assertThrows(ErrnoException.class, () -> new EventFd(libc, "wake-up"));
        assertEquals(
                "eventfd wake-up: EMFILE; too many open files; raise ulimit -n (systemd: LimitNOFILE=)",
                e.getMessage());
        assertEquals(Errno.EMFILE, e.errno());
        assertEquals(List.of(), libc.leftOver());
    }

    @Test
    void mappingThatFailsNamesSizeAndCure() {
        libc.failCall(1, Errno.ENOMEM);
        int fd = 5;
        ErrnoException e =
                assertThrows(ErrnoException.class, () -> Mapping.of(libc, fd, 8 << 20, "receive ring of eth0"));
        assertEquals(
                "mmap receive ring of eth0: ENOMEM; 8388608 bytes do not fit in memory; use smaller rings",
                e.getMessage());
    }

    @Test
    void everythingIsClosedExactlyOnce() {
        EventFd event = new EventFd(libc, "wake-up");
        Mapping mapping = Mapping.of(libc, event.number(), 4096, "a page");
        mapping.close();
        mapping.close();
        event.close();
        event.close();
        assertEquals(List.of(), libc.leftOver());
    }

    @Test
    void anUnknownErrnoIsShownAsANumber() {
        assertEquals(
                "call thing: errno 4095; do this", new ErrnoException("call", "thing", 4095, "do this").getMessage());
    }
}
