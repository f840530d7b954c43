package org.ifqd.linux.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.Mapping;
import org.ifqd.linux.PollSet;
import org.ifqd.linux.lab.CompiledLayout;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every number that the Java side believes about the kernel's structs: against a table, and the table against C. */
class PacketLayoutsTest {
    private static final List<String> HEADERS = List.of(
            "sys/socket.h",
            "sys/mman.h",
            "sys/eventfd.h",
            "poll.h",
            "linux/if_ether.h",
            "linux/if_packet.h",
            "linux/filter.h",
            "linux/virtio_net.h");

    private static final Map<String, Class<?>> CLASSES = Map.of(
            "PacketLayouts", PacketLayouts.class,
            "PacketConstants", PacketConstants.class,
            "VnetHeader", VnetHeader.class,
            "ReceivedFrame", ReceivedFrame.class,
            "PollSet", PollSet.class,
            "Mapping", Mapping.class,
            "EventFd", EventFd.class);

    @TestFactory
    Stream<DynamicTest> javaEqualsTheTable() {
        return LayoutTable.ROWS.stream()
                .filter(row -> !row.java().isEmpty())
                .map(row -> dynamicTest(row.java(), () -> assertEquals(row.value(), javaValue(row.java()), row.c())));
    }

    @Test
    void theTableEqualsTheHeaders() throws IOException {
        List<String> expressions =
                LayoutTable.ROWS.stream().map(LayoutTable.Row::c).distinct().toList();
        Map<String, Long> c = CompiledLayout.evaluate(HEADERS, expressions);
        Map<String, Long> table = new LinkedHashMap<>();
        LayoutTable.ROWS.forEach(row -> table.put(row.c(), row.value()));
        assertEquals(table, c);
    }

    /** A new constant that nobody compares with the headers must not slip in. */
    @Test
    void noConstantIsLeftOut() {
        Set<String> listed = new TreeSet<>();
        LayoutTable.ROWS.forEach(row -> listed.add(row.java()));
        listed.remove("");
        Set<String> declared = new TreeSet<>();
        for (String name : List.of("PacketLayouts", "PacketConstants", "VnetHeader")) {
            for (Field field : CLASSES.get(name).getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class) {
                    declared.add(name + "." + field.getName());
                }
            }
        }
        declared.removeAll(listed);
        assertEquals(Set.of(), declared);
    }

    private static long javaValue(String name) throws ReflectiveOperationException {
        String[] parts = name.split("\\.");
        Field field = CLASSES.get(parts[0]).getDeclaredField(parts[1]);
        field.setAccessible(true);
        return field.getInt(null);
    }
}
