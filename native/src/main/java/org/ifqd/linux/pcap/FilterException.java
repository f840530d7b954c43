package org.ifqd.linux.pcap;

/** A filter expression that libpcap does not accept. The message is one line, libpcap's own words in it. */
public final class FilterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FilterException(String expression, String reason) {
        super("filter '" + expression + "': " + reason + "; the language is that of tcpdump, see man 7 pcap-filter");
    }
}
