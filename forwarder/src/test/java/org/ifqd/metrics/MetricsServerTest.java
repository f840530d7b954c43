package org.ifqd.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ifqd.config.ListenAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class MetricsServerTest {
    private final MetricsServer server =
            MetricsServer.open(new ListenAddress("127.0.0.1", 0), List::of, new LivePage(Map::of, Map::of));
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /metrics, 200",
        "GET, /metrics?name[]=jvm_threads_current, 200",
        "HEAD, /metrics, 200",
        "POST, /metrics, 405",
        "DELETE, /metrics, 405",
        "GET, /metricsandmore, 404",
        "GET, /metrics/x, 404",
        "GET, /page, 404",
        "GET, /page/index.html, 404",
        "GET, /../etc/passwd, 404",
        "HEAD, /nothing, 404"
    })
    void whatIsThereAndWhatIsNot(String method, String path, int status) throws IOException, InterruptedException {
        HttpResponse<String> answer = ask(method, path.replace("[", "%5B").replace("]", "%5D"));
        assertEquals(status, answer.statusCode());
        assertEquals(method.equals("GET") && status == 200, answer.body().contains("jvm_threads_current"));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "localhost:9470, true",
        "127.0.0.1:9470, true",
        "'[::1]:9470', true",
        "evil.example, false",
        "localhost.evil.example:9470, false",
        "127.0.0.1.evil.example, false"
    })
    void aWebSiteReadsNothingThroughItsVisitorsBrowser(String host, boolean isOurs) {
        assertEquals(isOurs, MetricsServer.isOfThisMachine(host));
    }

    /** Half a request each, and no more. */
    @Test
    void slowClientsBlindNobody() throws IOException, InterruptedException {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < MetricsServer.MOST_CONNECTIONS / 2; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
            socket.getOutputStream().write("GET /met".getBytes(StandardCharsets.US_ASCII));
            slow.add(socket);
        }
        assertEquals(200, ask("GET", "/metrics").statusCode());
        for (Socket socket : slow) {
            socket.close();
        }
    }

    @Test
    void scrapersThatHangUpAreNoWarning() throws IOException, InterruptedException {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(lines);
        try {
            for (int i = 0; i < 50; i++) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                    socket.setSoLinger(true, 0); // a reset
                    socket.getOutputStream()
                            .write("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
            assertEquals(200, ask("GET", "/metrics").statusCode());
        } finally {
            root.detachAppender(lines);
        }
        assertTrue(
                lines.list.stream().noneMatch(line -> line.getLevel().isGreaterOrEqual(Level.WARN)),
                () -> lines.list.toString());
    }
}
