package org.ifqd.metrics;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.config.ConfigException;
import org.ifqd.config.ListenAddress;

/**
 * Serves the counters and the JVM's own (garbage collections, memory, threads) to Prometheus, at {@code /metrics}.
 *
 * <p><b>Threading:</b> opened and closed by one thread; scrapes are answered by one of its own. <b>Owns:</b> the socket.
 */
public final class MetricsServer implements AutoCloseable {
    private final HTTPServer server;
    private final ExecutorService thread;

    private MetricsServer(HTTPServer server, ExecutorService thread) {
        this.server = server;
        this.thread = thread;
    }

    /**
     * @param source all ports at this moment
     * @throws ConfigException when nobody can listen there
     */
    public static MetricsServer open(ListenAddress address, Supplier<List<PortSnapshot>> source) {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new PortCollector(source));
        registry.register(new ProcessCollector());
        JvmMetrics.builder().register(registry);
        ExecutorService thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("ifqd-metrics").daemon().factory());
        try {
            HTTPServer server = HTTPServer.builder()
                    .inetAddress(InetAddress.getByName(address.host()))
                    .port(address.port())
                    .registry(registry)
                    .executorService(thread)
                    .buildAndStart();
            return new MetricsServer(server, thread);
        } catch (IOException e) {
            thread.shutdown();
            throw new ConfigException("cannot serve metrics at " + address + ": " + e.getMessage()
                    + "; give another address by --metrics");
        }
    }

    @Override
    public void close() {
        server.close();
        thread.shutdown();
    }
}
