package org.ifqd.metrics;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The page for people at {@code /}: static files of the jar, and two answers in JSON that its script asks for. It only
 * reads.
 *
 * <p>However many clients ask and however often, the counters are read at most every {@link #LIVE_NS}, and the machine
 * is checked at most every {@link #CHECK_NS}.
 *
 * <p><b>Threading:</b> any thread; readers of one answer wait for each other.
 */
public final class LivePage {
    static final long LIVE_NS = TimeUnit.MILLISECONDS.toNanos(250);
    static final long CHECK_NS = TimeUnit.SECONDS.toNanos(60);

    private static final String JSON_TYPE = "application/json";
    private static final Map<String, String> TYPES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "page.css", "text/css; charset=utf-8",
            "page.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    /** Nothing but the jar's own files: no inline script or style, no frame around it, nothing sent anywhere. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Kept live;
    private final Kept check;

    /**
     * @param live what {@code ifqd stats --json} says with latency buckets, and the last lines of the log
     * @param check what {@code ifqd check} finds
     */
    public LivePage(Supplier<Map<String, Object>> live, Supplier<Map<String, Object>> check) {
        this.live = new Kept(live, LIVE_NS);
        this.check = new Kept(check, CHECK_NS);
    }

    /** An answer that is good for a while. */
    private static final class Kept {
        private final Supplier<Map<String, Object>> source;
        private final long goodNs;
        private byte[] answer;
        private long sinceNs;

        Kept(Supplier<Map<String, Object>> source, long goodNs) {
            this.source = source;
            this.goodNs = goodNs;
        }

        synchronized byte[] get() throws IOException {
            if (answer == null || System.nanoTime() - sinceNs >= goodNs) {
                answer = JSON.std.asString(source.get()).getBytes(StandardCharsets.UTF_8);
                sinceNs = System.nanoTime();
            }
            return answer;
        }
    }

    /** Whether the page has something at this path. */
    boolean has(String path) {
        return path.equals("/live.json") || path.equals("/check.json") || TYPES.containsKey(file(path));
    }

    private static String file(String path) {
        return path.equals("/") ? "index.html" : path.substring(1);
    }

    /** Answers GET or HEAD of a path that {@link #has} knows. */
    void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] body =
                    switch (path) {
                        case "/live.json" -> live.get();
                        case "/check.json" -> check.get();
                        default -> resource(file(path));
                    };
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Type", TYPES.getOrDefault(file(path), JSON_TYPE));
            headers.set("Content-Security-Policy", POLICY);
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cross-Origin-Resource-Policy", "same-origin");
            headers.set("Cache-Control", "no-store");
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, isHead ? -1 : body.length);
            if (!isHead) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = LivePage.class.getResourceAsStream("page/" + name)) {
            if (in == null) {
                throw new FileNotFoundException("the jar has no " + name);
            }
            return in.readAllBytes();
        }
    }
}
