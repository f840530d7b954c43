package org.ifqd.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;

/** What {@code ifqd stats --json} says, at one moment. */
record Stats(String json, Map<String, Port> ports, long unaccounted) {
    /** One port. The drops are those at this port's queue or behind it. */
    record Port(
            String name,
            String state,
            long rxFrames,
            long rxBytes,
            long kernelDrops,
            long txFrames,
            Map<String, Long> drops,
            long queued,
            long maxQueued,
            long latencyFrames,
            Workers workers) {
        long drop(String reason) {
            return drops.get(reason);
        }

        long dropped() {
            return drops.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** What the receive workers of a port have counted, all together. */
    record Workers(int count, long frames, long bytes, long kernelDrops) {
        static Workers of(List<?> workers) {
            return new Workers(
                    workers.size(), sum(workers, "frames"), sum(workers, "bytes"), sum(workers, "kernelDrops"));
        }

        private static long sum(List<?> workers, String key) {
            return workers.stream()
                    .mapToLong(worker -> ((Number) ((Map<?, ?>) worker).get(key)).longValue())
                    .sum();
        }
    }

    static Stats parse(String json) {
        try {
            Map<String, Object> top = JSON.std.mapFrom(json);
            Map<String, Port> ports = ((List<?>) top.get("ports"))
                    .stream().map(port -> port((Map<?, ?>) port)).collect(Collectors.toMap(Port::name, port -> port));
            return new Stats(json, ports, ((Number) top.get("unaccounted")).longValue());
        } catch (IOException e) {
            throw new UncheckedIOException(json, e);
        }
    }

    private static Port port(Map<?, ?> port) {
        Map<String, Long> drops = ((Map<?, ?>) port.get("drops"))
                .entrySet().stream()
                        .collect(Collectors.toMap(e -> (String) e.getKey(), e -> ((Number) e.getValue()).longValue()));
        return new Port(
                (String) port.get("name"),
                (String) port.get("state"),
                number(port, "rx", "frames"),
                number(port, "rx", "bytes"),
                number(port, "rx", "kernelDrops"),
                number(port, "tx", "frames"),
                drops,
                number(port, "queue", "length"),
                number(port, "queue", "maxLength"),
                number(port, "latency", "frames"),
                Workers.of((List<?>) port.get("workers")));
    }

    private static long number(Map<?, ?> port, String group, String name) {
        return ((Number) ((Map<?, ?>) port.get(group)).get(name)).longValue();
    }

    Port port(NetLab.Nic nic) {
        return ports.get(nic.name());
    }

    /**
     * The law of conservation: what was received was sent, dropped for a reason that was counted, or still waits. And
     * every frame that was sent is in the latency histogram, and every one that was received in a worker's own account:
     * both are read after the books.
     */
    void assertConserved() {
        Assertions.assertEquals(
                sum(Port::rxFrames),
                sum(Port::txFrames) + sum(Port::dropped) + sum(Port::queued),
                () -> "not conserved: " + json);
        Assertions.assertEquals(0, unaccounted, json);
        ports.values().forEach(port -> {
            Assertions.assertTrue(port.latencyFrames() >= port.txFrames(), json);
            Assertions.assertTrue(port.workers().frames() >= port.rxFrames(), json);
        });
    }

    /** While nothing is on its way the workers' accounts are the port's. */
    void assertWorkersAddUp() {
        ports.values()
                .forEach(port -> Assertions.assertEquals(
                        new Workers(port.workers().count(), port.rxFrames(), port.rxBytes(), port.kernelDrops()),
                        port.workers(),
                        json));
    }

    private long sum(ToLongFunction<Port> counter) {
        return ports.values().stream().mapToLong(counter).sum();
    }
}
