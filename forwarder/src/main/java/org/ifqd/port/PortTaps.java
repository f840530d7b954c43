package org.ifqd.port;

import org.ifqd.frame.TapPoint;

/**
 * Where the frames of a port can be looked at.
 *
 * @param in as they were received, with the kernel's stamp
 * @param out as the driver takes them from the send queue; one that the kernel then refuses is among them
 */
public record PortTaps(TapPoint in, TapPoint out) {
    public PortTaps() {
        this(new TapPoint(), new TapPoint());
    }
}
