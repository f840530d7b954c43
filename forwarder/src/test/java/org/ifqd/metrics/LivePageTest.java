package org.ifqd.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.ifqd.config.ListenAddress;
import org.ifqd.stats.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LivePageTest {
    private final AtomicInteger checks = new AtomicInteger();
    private final MetricsServer server = MetricsServer.open(
            new ListenAddress("127.0.0.1", 0),
            List::of,
            new LivePage(() -> Map.of("log", List.of("</script>")), () -> Map.of("checks", checks.incrementAndGet())));
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
        "/, text/html",
        "/page.css, text/css",
        "/page.js, text/javascript",
        "/icon.svg, image/svg+xml",
        "/live.json, application/json",
        "/check.json, application/json"
    })
    void onlyReadsAndLoadsNothingFromElsewhere(String path, String type) throws IOException, InterruptedException {
        HttpResponse<String> answer = ask("GET", path);
        assertEquals(200, answer.statusCode());
        assertTrue(answer.headers().firstValue("Content-Type").orElse("").startsWith(type));
        String policy = answer.headers().firstValue("Content-Security-Policy").orElse("");
        assertTrue(policy.startsWith("default-src 'none'; ") && !policy.contains("unsafe"), policy);
        assertEquals(
                "nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""));
        assertEquals("", ask("HEAD", path).body());
        assertEquals(405, ask("POST", path).statusCode());
    }

    /** However many ask: a check of the machine takes system calls by the hundred. */
    @Test
    void aCheckIsGoodForAWhile() throws IOException, InterruptedException {
        for (int i = 0; i < 5; i++) {
            assertEquals("{\"checks\":1}", ask("GET", "/check.json").body());
        }
    }

    @Test
    void everyReasonHasItsCure() throws IOException, InterruptedException {
        String script = ask("GET", "/page.js").body();
        for (int i = 0; i < DropReason.count(); i++) {
            String key = DropReason.of(i).key();
            assertTrue(script.contains("\n  " + key + ": '"), key);
        }
    }
}
