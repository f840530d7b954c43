package org.ifqd.linux.pcap;

import java.util.function.Supplier;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;

/** Loading libpcap and opening handles: everything that can fail becomes one line. */
final class Libpcap {
    private Libpcap() {}

    /** A call of pcap4j that may be the first, and so load libpcap. */
    interface Call<T> {
        T run() throws PcapNativeException;
    }

    static PcapHandle open(String interfaceName, Supplier<PcapHandle.Builder> options) {
        return call("libpcap on " + interfaceName, () -> options.get().build());
    }

    static <T> T call(String what, Call<T> call) {
        try {
            return call.run();
        } catch (PcapNativeException e) {
            String message = e.getMessage().replaceAll("\\s*\\R\\s*", " ");
            boolean forbidden = message.contains("permi"); // "permission to capture", "not permitted"
            String cure = forbidden ? "; needs CAP_NET_RAW; run as root or grant it" : "";
            throw new PcapException(what + ": " + message + cure, e);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError e) { // the second from the second try on
            throw new PcapException(
                    "libpcap cannot be loaded; apt-get install libpcap0.8 ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + ")",
                    e);
        }
    }
}
