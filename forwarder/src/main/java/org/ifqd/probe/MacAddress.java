package org.ifqd.probe;

import java.util.HexFormat;
import java.util.regex.Pattern;
import org.ifqd.config.ConfigException;

/** Ethernet addresses as numbers, the first byte on the wire highest. */
public final class MacAddress {
    private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}");

    private MacAddress() {}

    /** Reads {@code 02:00:00:00:00:01}, also with hyphens. */
    public static long parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new ConfigException("'" + text + "' is not a MAC address; write for example 02:00:00:00:00:01");
        }
        return HexFormat.fromHexDigitsToLong(text.replaceAll("[:-]", ""));
    }

    /** The address with colons. */
    static String text(long address) {
        return HexFormat.of().toHexDigits(address, 12).replaceAll("..(?!$)", "$0:");
    }
}
