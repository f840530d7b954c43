package org.ifqd.linux.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ifqd.linux.lab.CompiledLayout;
import org.junit.jupiter.api.Test;

/** Every number that the Java side believes about AF_XDP, against the C headers. */
class XdpConstantsTest {
    private static final List<String> HEADERS =
            List.of("stddef.h", "sys/socket.h", "linux/types.h", "linux/if_xdp.h", "linux/if_link.h", "linux/bpf.h");

    /** Names that are not the C expression themselves. */
    private static final Map<String, String> EXPRESSIONS = Map.ofEntries(
            Map.entry("SO_SNDBUFFORCE", "SO_SNDBUFFORCE"),
            Map.entry("XDP_MD_RX_QUEUE_INDEX", "offsetof(struct xdp_md, rx_queue_index)"),
            Map.entry("SOCKADDR_BYTES", "sizeof(struct sockaddr_xdp)"),
            Map.entry("SOCKADDR_FLAGS", "offsetof(struct sockaddr_xdp, sxdp_flags)"),
            Map.entry("SOCKADDR_IFINDEX", "offsetof(struct sockaddr_xdp, sxdp_ifindex)"),
            Map.entry("SOCKADDR_QUEUE", "offsetof(struct sockaddr_xdp, sxdp_queue_id)"),
            Map.entry("SOCKADDR_SHARED_FD", "offsetof(struct sockaddr_xdp, sxdp_shared_umem_fd)"),
            Map.entry("UMEM_REG_BYTES", "offsetof(struct xdp_umem_reg, headroom) + 4"), // as in Linux 4.18
            Map.entry("UMEM_REG_ADDR", "offsetof(struct xdp_umem_reg, addr)"),
            Map.entry("UMEM_REG_LEN", "offsetof(struct xdp_umem_reg, len)"),
            Map.entry("UMEM_REG_CHUNK_SIZE", "offsetof(struct xdp_umem_reg, chunk_size)"),
            Map.entry("UMEM_REG_HEADROOM", "offsetof(struct xdp_umem_reg, headroom)"),
            Map.entry("OFFSETS_BYTES", "sizeof(struct xdp_mmap_offsets)"),
            Map.entry("RING_OFFSET_BYTES", "offsetof(struct xdp_mmap_offsets, tx)"),
            Map.entry("RING_PRODUCER", "offsetof(struct xdp_ring_offset, producer)"),
            Map.entry("RING_CONSUMER", "offsetof(struct xdp_ring_offset, consumer)"),
            Map.entry("RING_FLAGS", "offsetof(struct xdp_ring_offset, flags)"),
            Map.entry("RING_DESC", "offsetof(struct xdp_ring_offset, desc)"),
            Map.entry("DESC_BYTES", "sizeof(struct xdp_desc)"),
            Map.entry("DESC_ADDR", "offsetof(struct xdp_desc, addr)"),
            Map.entry("DESC_LEN", "offsetof(struct xdp_desc, len)"),
            Map.entry("DESC_OPTIONS", "offsetof(struct xdp_desc, options)"),
            Map.entry("ADDR_BYTES", "sizeof(__u64)"),
            Map.entry("STATISTICS_BYTES", "sizeof(struct xdp_statistics)"),
            Map.entry("RX_DROPPED", "offsetof(struct xdp_statistics, rx_dropped)"),
            Map.entry("TX_INVALID_DESCS", "offsetof(struct xdp_statistics, tx_invalid_descs)"),
            Map.entry("RX_RING_FULL", "offsetof(struct xdp_statistics, rx_ring_full)"));

    @Test
    void javaEqualsTheHeaders() throws IOException, IllegalAccessException {
        Map<String, Long> java = new LinkedHashMap<>();
        Map<String, String> names = new TreeMap<>();
        for (Field field : XdpConstants.class.getDeclaredFields()) {
            String expression = EXPRESSIONS.getOrDefault(field.getName(), field.getName());
            java.put(expression, field.getLong(null));
            names.put(field.getName(), expression);
        }
        assertEquals(java, CompiledLayout.evaluate(HEADERS, java.keySet()), names::toString);
    }
}
