package org.ifqd.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.common.PrometheusScrapeHandler;
import io.prometheus.metrics.exporter.httpserver.HttpExchangeAdapter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.config.ConfigException;
import org.ifqd.config.ListenAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Serves the counters and the JVM's own (garbage collections, memory, threads) to Prometheus, at {@code /metrics}, and
 * a page for people, at {@code /}. Whatever else is asked for is not there (404), and nothing can be sent (405).
 *
 * <p>Clients may be slow or mean harm: each has a virtual thread of its own, the whole request and taking the answer
 * may last {@link #LONGEST_SECONDS}, and there are at most {@link #MOST_CONNECTIONS}.
 *
 * <p><b>Threading:</b> opened and closed by one thread. <b>Owns:</b> the socket.
 *
 * @see <a href="https://docs.oracle.com/en/java/javase/25/docs/api/jdk.httpserver/module-summary.html">jdk.httpserver,
 *     its properties</a>
 */
public final class MetricsServer implements AutoCloseable {
    static final int LONGEST_SECONDS = 10;
    static final int MOST_CONNECTIONS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
    private static final String PATH = "/metrics";

    /** Still at work when the server is closed: so many seconds. */
    private static final int CLOSING_SECONDS = 0;

    static { // read once, when the JDK's server is loaded
        System.setProperty("sun.net.httpserver.maxReqTime", Integer.toString(LONGEST_SECONDS));
        System.setProperty("sun.net.httpserver.maxRspTime", Integer.toString(LONGEST_SECONDS));
        System.setProperty("sun.net.httpserver.idleInterval", Integer.toString(LONGEST_SECONDS));
        System.setProperty("jdk.httpserver.maxConnections", Integer.toString(MOST_CONNECTIONS));
        System.setProperty("sun.net.httpserver.maxReqHeaders", "50");
        System.setProperty("jdk.httpserver.maxReqHeaderSize", "8192");
        // what the server says goes where all of ours goes
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private final HttpServer server;
    private final ExecutorService threads;

    private MetricsServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * @param source all ports at this moment
     * @param page for people
     * @throws ConfigException when nobody can listen there
     */
    public static MetricsServer open(ListenAddress address, Supplier<List<PortSnapshot>> source, LivePage page) {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new PortCollector(source));
        registry.register(new ProcessCollector());
        JvmMetrics.builder().register(registry);
        PrometheusScrapeHandler scrapes = new PrometheusScrapeHandler(registry);
        HttpServer server;
        try {
            InetSocketAddress at = new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
            server = HttpServer.create(at, MOST_CONNECTIONS);
        } catch (IOException e) {
            throw new ConfigException("cannot serve metrics at " + address + ": " + e.getMessage()
                    + "; give another address by --metrics");
        }
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        boolean isLoopback = server.getAddress().getAddress().isLoopbackAddress();
        server.createContext("/", exchange -> {
            if (isLoopback && !isOfThisMachine(exchange.getRequestHeaders().getFirst("Host"))) {
                refuse(exchange, 421, "ask for localhost, or by address");
            } else {
                answer(exchange, scrapes, page);
            }
        });
        server.start();
        return new MetricsServer(server, threads);
    }

    /** The port that is listened on. */
    int port() {
        return server.getAddress().getPort();
    }

    /**
     * A web site whose name is made to point to 127.0.0.1 would read all in its visitor's browser (DNS rebinding):
     * there the request has the site's name.
     */
    static boolean isOfThisMachine(String host) {
        return host == null || host.matches("(localhost|[\\d.]+|\\[[\\da-fA-F:.]+\\])(:\\d+)?");
    }

    private static void answer(HttpExchange exchange, PrometheusScrapeHandler scrapes, LivePage page)
            throws IOException {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        if (!path.equals(PATH) && !page.has(path)) {
            refuse(exchange, 404, "there are / and " + PATH);
        } else if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            refuse(exchange, 405, "GET or HEAD");
        } else if (page.has(path)) {
            page.answer(exchange);
        } else {
            try (Scrape scrape = new Scrape(exchange)) {
                scrapes.handleRequest(scrape);
            }
        }
    }

    private static void refuse(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(status, isHead ? -1 : body.length);
            if (!isHead) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    /** A scraper that hangs up is nobody's trouble; the library would log its stack trace. */
    private static final class Scrape extends HttpExchangeAdapter {
        private Scrape(HttpExchange exchange) {
            super(exchange);
        }

        @Override
        public void handleException(IOException e) {
            LOG.debug("metrics: a scraper has hung up: {}", e.toString());
        }

        @Override
        public void handleException(RuntimeException e) {
            LOG.warn("metrics: a scrape failed: {}", e.toString());
            super.handleException(e);
        }
    }

    @Override
    public void close() {
        server.stop(CLOSING_SECONDS);
        threads.shutdownNow();
    }
}
