package org.ifqd.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens.
 *
 * @param host a name or an address; an IPv6 address without its brackets
 * @param port TCP port, 0 for any free one
 */
public record ListenAddress(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)\\]|([^:\\[\\]\\s]*)):(\\d{1,5})");

    /**
     * {@code :PORT} is that port of every address of this machine.
     *
     * @throws IllegalArgumentException in one line, for a text of another form than HOST:PORT
     */
    public static ListenAddress parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches() || Integer.parseInt(m.group(3)) > 0xffff) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not HOST:PORT; write for example 127.0.0.1:9470 or [::1]:9470");
        }
        String host = m.group(1) != null ? m.group(1) : m.group(2);
        return new ListenAddress(host.isEmpty() ? "0.0.0.0" : host, Integer.parseInt(m.group(3)));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
