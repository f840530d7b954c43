package org.ifqd.probe;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ifqd.config.ConfigException;

/**
 * One VLAN tag.
 *
 * @param tpid tag protocol identifier, 16 bits
 * @param tci tag control information: PCP 3 bits, DEI 1 bit, VID 12 bits
 */
public record VlanTag(int tpid, int tci) {
    static final int BYTES = 4;

    private static final int CUSTOMER = 0x8100;
    private static final int SERVICE = 0x88a8;
    private static final Pattern FORM =
            Pattern.compile("(802\\.1q|802\\.1ad|0x[0-9a-f]{4}):(\\d{1,4})(?::([0-7])(?::([01]))?)?");

    /** Reads {@code 802.1q:VID[:PCP[:DEI]]}, {@code 802.1ad:...} or {@code 0xTPID:...}; VID 0 is a priority tag. */
    public static VlanTag parse(String text) {
        Matcher m = FORM.matcher(text.toLowerCase(java.util.Locale.ROOT));
        if (!m.matches() || Integer.parseInt(m.group(2)) > 4095) {
            throw new ConfigException("'" + text + "' is not a tag; write 802.1q:VID[:PCP[:DEI]], VID 0-4095, PCP 0-7,"
                    + " for example 802.1q:100:5 or 802.1ad:200");
        }
        int tpid =
                switch (m.group(1)) {
                    case "802.1q" -> CUSTOMER;
                    case "802.1ad" -> SERVICE;
                    default -> Integer.parseInt(m.group(1).substring(2), 16);
                };
        return new VlanTag(tpid, bits(m.group(3)) << 13 | bits(m.group(4)) << 12 | Integer.parseInt(m.group(2)));
    }

    private static int bits(String digit) {
        return digit == null ? 0 : Integer.parseInt(digit);
    }

    @Override
    public String toString() {
        String kind =
                switch (tpid) {
                    case CUSTOMER -> "802.1q";
                    case SERVICE -> "802.1ad";
                    default -> String.format("0x%04x", tpid);
                };
        int dei = tci >> 12 & 1;
        return kind + ":" + (tci & 0xfff) + ":" + (tci >> 13) + (dei == 0 ? "" : ":1");
    }
}
