package org.ifqd.config;

import java.nio.file.Path;
import org.ifqd.bridge.LinkLocalPolicy;
import org.ifqd.ifq.StartMode;
import org.ifqd.port.PortOptions;

/**
 * One bridge of two interfaces.
 *
 * @param first name of one interface
 * @param second name of the other
 * @param options sizes of both ports
 * @param start where start routines run
 * @param linkLocal which protocols between neighbours may pass
 * @param host what the host may have to do with the ports
 * @param control path of the control socket
 */
public record BridgeConfig(
        String first,
        String second,
        PortOptions options,
        StartMode start,
        LinkLocalPolicy linkLocal,
        HostPolicy host,
        Path control) {
    /** Where the control socket is unless told otherwise. */
    public static final String DEFAULT_CONTROL = "/run/ifqd/control.sock";

    public BridgeConfig {
        if (first.equals(second)) {
            throw new ConfigException(first + " is given twice; a bridge needs two different interfaces");
        }
    }
}
