package org.ifqd.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ifqd.linux.control.Channels;
import org.ifqd.linux.control.Rings;

/**
 * The line that {@code ifqd interfaces} prints for one interface.
 *
 * @param driver its ethtool name, or empty if the kernel does not say
 * @param kind {@code veth}, {@code bridge}, ...; empty for hardware
 * @param mac {@code 02:00:00:00:00:01}, or empty if it is not an Ethernet device
 * @param rxQueues in use where the driver says, otherwise allocated
 * @param channels null where the driver does not say
 * @param rings null where the driver does not say
 * @param offloads the kernel's names of those that are on
 * @param obstacles what stands in the way; empty if it can be bridged as it is
 */
record InterfaceReport(
        String name,
        int index,
        String driver,
        String kind,
        String mac,
        boolean up,
        boolean carrier,
        int mtuBytes,
        int rxQueues,
        int txQueues,
        Channels channels,
        Rings rings,
        List<String> offloads,
        NativeXdp nativeXdp,
        List<String> obstacles) {

    /** The JSON object, in the order of the contract in architecture.md. */
    Map<String, Object> json() {
        Map<String, Object> queues = new LinkedHashMap<>();
        queues.put("rx", rxQueues);
        queues.put("tx", txQueues);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("index", index);
        json.put("driver", driver);
        json.put("kind", kind);
        json.put("mac", mac);
        json.put("up", up);
        json.put("carrier", carrier);
        json.put("mtu", mtuBytes);
        json.put("queues", queues);
        if (channels != null) {
            Map<String, Object> most = new LinkedHashMap<>();
            most.put("rx", channels.maxRx());
            most.put("tx", channels.maxTx());
            most.put("combined", channels.maxCombined());
            queues.put("max", most);
        }
        if (rings != null) {
            Map<String, Object> lengths = new LinkedHashMap<>();
            lengths.put("rx", rings.rx());
            lengths.put("tx", rings.tx());
            lengths.put("maxRx", rings.maxRx());
            lengths.put("maxTx", rings.maxTx());
            json.put("rings", lengths);
        }
        json.put("offloads", offloads);
        json.put("nativeXdp", nativeXdp.toString());
        json.put("obstacles", obstacles);
        return json;
    }

    /** For the table. */
    String linkState() {
        return !up ? "down" : carrier ? "up" : "no carrier";
    }
}
