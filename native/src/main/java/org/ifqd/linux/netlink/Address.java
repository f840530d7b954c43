package org.ifqd.linux.netlink;

/**
 * An IP address of an interface as the kernel described it at one moment. Immutable, any thread.
 *
 * @param linkIndex the interface, {@link Link#index}
 * @param text {@code 192.0.2.1} or, as in RFC 5952, {@code 2001:db8::1}; of a point-to-point link the near end
 * @param prefixLength bits
 * @param scope RT_SCOPE_*: how far it can be reached
 */
public record Address(int linkIndex, String text, int prefixLength, int scope) {
    /** {@code <linux/rtnetlink.h>}. */
    public static final int RT_SCOPE_UNIVERSE = 0;

    public static final int RT_SCOPE_LINK = 253;
    public static final int RT_SCOPE_HOST = 254;

    /** Valid on this link only, such as the IPv6 address that the kernel gives to every interface that goes up. */
    public boolean isLinkLocal() {
        return scope == RT_SCOPE_LINK;
    }

    /** The way ip(8) writes it: {@code 192.0.2.1/24}. */
    public String withPrefix() {
        return text + "/" + prefixLength;
    }
}
