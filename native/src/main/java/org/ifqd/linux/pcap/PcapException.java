package org.ifqd.linux.pcap;

/** libpcap is not there, or refuses something at set-up. One line, for the user. */
public final class PcapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PcapException(String message, Throwable cause) {
        super(message, cause);
    }
}
