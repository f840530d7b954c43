package org.ifqd.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ifqd.config.InterfaceName;

/**
 * The table of {@code ifqd interfaces}: aligned columns, one row for each interface, and further rows with only the
 * last column where more than one thing stands in the way.
 */
final class InterfacesTable {
    private static final String[] HEAD = {
        "INTERFACE", "DRIVER", "LINK", "MTU", "QUEUES", "XDP", "OFFLOADS", "IN THE WAY"
    };
    private static final String GAP = "  ";

    /**
     * Kernel feature names, or before a star how they begin, to the words of {@code ethtool -K}; others are not shown.
     */
    private static final Map<String, String> SHORT = new LinkedHashMap<>();

    static {
        SHORT.put("rx-checksum", "rx");
        SHORT.put("tx-checksum-ip*", "tx"); // ipv4, ipv6, ip-generic
        SHORT.put("tx-tcp*", "tso"); // tx-tcp-segmentation, tx-tcp6-segmentation, ...
        SHORT.put("tx-generic-segmentation", "gso");
        SHORT.put("rx-gro", "gro");
        SHORT.put("rx-lro", "lro");
        SHORT.put("rx-vlan-hw-parse", "rxvlan");
        SHORT.put("tx-vlan-hw-insert", "txvlan");
    }

    private final List<String[]> rows = new ArrayList<>();

    InterfacesTable(List<InterfaceReport> reports) {
        rows.add(HEAD);
        reports.forEach(this::add);
    }

    private void add(InterfaceReport report) {
        List<String> obstacles = report.obstacles();
        rows.add(new String[] {
            report.name(),
            report.driver(),
            report.linkState(),
            Integer.toString(report.mtuBytes()),
            report.rxQueues() + "/" + report.txQueues(),
            report.nativeXdp().toString(),
            shortNames(report.offloads()),
            obstacles.isEmpty() ? "nothing" : obstacles.getFirst()
        });
        for (String obstacle : obstacles.stream().skip(1).toList()) {
            String[] row = new String[HEAD.length];
            Arrays.fill(row, "");
            row[HEAD.length - 1] = obstacle;
            rows.add(row);
        }
    }

    static String shortNames(List<String> offloads) {
        List<String> names = new ArrayList<>();
        SHORT.forEach((feature, name) -> {
            boolean on = feature.endsWith("*")
                    ? offloads.stream().anyMatch(o -> o.startsWith(feature.substring(0, feature.length() - 1)))
                    : offloads.contains(feature);
            if (on) {
                names.add(name);
            }
        });
        return String.join(" ", names);
    }

    void print(PrintWriter out) {
        int[] widths = new int[HEAD.length];
        for (String[] row : rows) {
            for (int column = 0; column < row.length; column++) {
                row[column] = printable(row[column]);
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.length; column++) {
                line.append(row[column])
                        .repeat(" ", widths[column] - row[column].length())
                        .append(GAP);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    /** An interface's name may hold bytes that steer a terminal. */
    private static String printable(String cell) {
        return InterfaceName.printable(cell);
    }
}
