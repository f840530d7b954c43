package org.ifqd.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.OptionalLong;
import org.ifqd.linux.lab.FakeLibc;
import org.junit.jupiter.api.Test;

class InterfaceClaimTest {
    /** No interface has such an index, so no ifqd of this machine is in the way. */
    private static final int INDEX =
            2_000_000_000 - (int) ProcessHandle.current().pid();

    @Test
    void oneProcessOnly() {
        assertEquals(OptionalLong.empty(), InterfaceClaim.holder(INDEX));
        try (InterfaceClaim one = InterfaceClaim.open(Libc.system(), "eth7", INDEX);
                InterfaceClaim other = InterfaceClaim.open(Libc.system(), "eth8", INDEX - 1)) {
            assertNotSame(one, other);
            ErrnoException e =
                    assertThrows(ErrnoException.class, () -> InterfaceClaim.open(Libc.system(), "eth7", INDEX));
            assertEquals(Errno.EADDRINUSE, e.errno());
            assertEquals("bind claim of eth7: EADDRINUSE; it has a forwarder", e.getMessage());
            assertEquals(OptionalLong.of(ProcessHandle.current().pid()), InterfaceClaim.holder(INDEX));
        }
        assertEquals(OptionalLong.empty(), InterfaceClaim.holder(INDEX));
        InterfaceClaim.open(Libc.system(), "eth7", INDEX).close();
    }

    @Test
    void nothingStaysOpenWhenItFails() {
        for (int call = 1; call <= 4; call++) {
            FakeLibc libc = new FakeLibc().failCall(call, Errno.EINVAL);
            assertThrows(ErrnoException.class, () -> InterfaceClaim.open(libc, "eth7", INDEX));
            assertEquals(List.of(), libc.leftOver());
        }
    }
}
