package org.ifqd.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.ifqd.check.Finding.Level;
import org.ifqd.config.ConfigException;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.netlink.NetlinkFormatException;
import org.ifqd.linux.pcap.FilterException;
import org.ifqd.linux.pcap.PcapException;

/** Collects what checks find. One thread. */
final class Findings {
    private final List<Finding> all = new ArrayList<>();

    List<Finding> all() {
        return List.copyOf(all);
    }

    void add(Level level, String subject, String text) {
        all.add(new Finding(level, subject, text));
    }

    /**
     * Runs a check.
     *
     * @param good what is said when it finds nothing
     * @param check returns warnings, throws for a failure
     */
    void run(String subject, String good, Supplier<List<String>> check) {
        try {
            List<String> warnings = check.get();
            warnings.forEach(warning -> add(Level.WARN, subject, warning));
            if (warnings.isEmpty()) {
                add(Level.OK, subject, good);
            }
        } catch (ConfigException
                | ErrnoException
                | NetlinkFormatException
                | FilterException
                | PcapException
                | LinkageError e) { // jnr-ffi has no native part for this machine
            add(Level.FAIL, subject, e.getMessage());
        }
    }
}
