package org.ifqd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.VethPair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nft(8) sees of it; what frames see of it is in the end-to-end tests. */
@SuppressWarnings("try") // what is open does its work without being named
class IngressDropTest {
    private final String table = VethPair.uniqueName();

    @BeforeEach
    void needs() {
        Shell.assumeRootAnd("ip", "nft");
    }

    private static IngressDrop open(String table, String... interfaces) {
        return IngressDrop.open(Libc.system(), table, List.of(interfaces));
    }

    private static boolean isThere(String table) {
        return Shell.run("nft", "list", "tables").contains("table netdev " + table + "\n");
    }

    @Test
    void dropsAtBothInterfacesUntilClosed() {
        try (VethPair pair = new VethPair()) {
            try (IngressDrop drop = open(table, pair.left(), pair.right())) {
                String shown = Shell.run("nft", "list", "table", "netdev", table);
                assertTrue(shown.contains("flags owner"), shown);
                for (String name : List.of(pair.left(), pair.right())) {
                    String chain =
                            "type filter hook ingress device \"" + name + "\" priority -2147483648; policy drop;";
                    assertTrue(shown.contains(chain), shown);
                }
            }
            assertFalse(isThere(table));
        }
    }

    @Test
    void nobodyElseCanTakeItAway() {
        try (VethPair pair = new VethPair();
                IngressDrop drop = open(table, pair.left())) {
            AssertionError refused =
                    assertThrows(AssertionError.class, () -> Shell.run("nft", "delete", "table", "netdev", table));
            assertTrue(refused.getMessage().contains("not permitted"), refused.getMessage());
            assertTrue(isThere(table));
        }
    }

    @Test
    void twoOnOneInterfaceAreIndependent() {
        String other = VethPair.uniqueName();
        try (VethPair pair = new VethPair();
                IngressDrop drop = open(other, pair.left())) {
            open(table, pair.left()).close();
            assertFalse(isThere(table));
            assertTrue(isThere(other));
        }
    }

    @Test
    void aNameThatIsTakenIsRefused() {
        try (VethPair pair = new VethPair();
                IngressDrop drop = open(table, pair.left())) {
            ErrnoException e = assertThrows(ErrnoException.class, () -> open(table, pair.left()));
            assertEquals(Errno.EEXIST, e.errno());
            assertTrue(isThere(table));
        }
    }

    @Test
    void itTakesAllOrNothing() {
        try (VethPair pair = new VethPair()) {
            String tooLong = "sixteen-bytes-xx";
            ErrnoException e = assertThrows(ErrnoException.class, () -> open(table, pair.left(), tooLong));
            assertTrue(e.getMessage().contains("table netdev " + table), e.getMessage());
            assertFalse(isThere(table));
        }
    }

    /** The interface goes first, as with a cable that is pulled for good: neither the kernel nor we trip over it. */
    @Test
    void outlivesItsInterface() {
        IngressDrop drop;
        try (VethPair pair = new VethPair()) {
            drop = open(table, pair.left());
        }
        drop.close();
        assertFalse(isThere(table));
    }

    @Test
    void nothingStaysOpen() {
        try (VethPair pair = new VethPair()) {
            long before = Shell.openDescriptors();
            for (int i = 0; i < 20; i++) {
                open(table, pair.left()).close();
                assertThrows(ErrnoException.class, () -> open(table, "sixteen-bytes-xx"));
            }
            long after = Shell.openDescriptors();
            assertTrue(after <= before, before + " before, " + after + " after"); // pipes of ended tools go with time
        }
    }
}
