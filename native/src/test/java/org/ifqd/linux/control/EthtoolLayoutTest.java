package org.ifqd.linux.control;

import static org.ifqd.linux.control.EthtoolLayout.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ifqd.linux.lab.CompiledLayout;
import org.junit.jupiter.api.Test;

class EthtoolLayoutTest {

    @Test
    void agreesWithTheCompiler() throws IOException {
        Map<String, Long> ours = new LinkedHashMap<>();
        put(ours, "SIOCETHTOOL", SIOCETHTOOL, "sizeof(struct ifreq)", SIZEOF_IFREQ, "IFNAMSIZ", IFNAMSIZ);
        put(ours, "offsetof(struct ifreq, ifr_data)", IFR_DATA, "offsetof(struct ethtool_drvinfo, cmd)", CMD);
        put(ours, "ETHTOOL_GLINK", ETHTOOL_GLINK, "sizeof(struct ethtool_value)", SIZEOF_ETHTOOL_VALUE);
        put(ours, "offsetof(struct ethtool_value, data)", VALUE_DATA);
        put(ours, "ETHTOOL_GDRVINFO", ETHTOOL_GDRVINFO, "sizeof(struct ethtool_drvinfo)", SIZEOF_ETHTOOL_DRVINFO);
        put(ours, "offsetof(struct ethtool_drvinfo, driver)", DRVINFO_DRIVER);
        put(ours, "offsetof(struct ethtool_drvinfo, version)", DRVINFO_VERSION);
        put(ours, "offsetof(struct ethtool_drvinfo, fw_version)", DRVINFO_FW_VERSION);
        put(ours, "offsetof(struct ethtool_drvinfo, bus_info)", DRVINFO_BUS_INFO);
        put(ours, "sizeof(((struct ethtool_drvinfo *) 0)->bus_info)", DRVINFO_TEXT_BYTES);
        put(ours, "ETHTOOL_GCHANNELS", ETHTOOL_GCHANNELS);
        put(ours, "sizeof(struct ethtool_channels)", SIZEOF_ETHTOOL_CHANNELS);
        put(ours, "offsetof(struct ethtool_channels, max_rx)", CHANNELS_MAX_RX);
        put(ours, "offsetof(struct ethtool_channels, max_tx)", CHANNELS_MAX_TX);
        put(ours, "offsetof(struct ethtool_channels, max_combined)", CHANNELS_MAX_COMBINED);
        put(ours, "offsetof(struct ethtool_channels, rx_count)", CHANNELS_RX_COUNT);
        put(ours, "offsetof(struct ethtool_channels, tx_count)", CHANNELS_TX_COUNT);
        put(ours, "offsetof(struct ethtool_channels, combined_count)", CHANNELS_COMBINED_COUNT);
        put(ours, "ETHTOOL_GRINGPARAM", ETHTOOL_GRINGPARAM);
        put(ours, "sizeof(struct ethtool_ringparam)", SIZEOF_ETHTOOL_RINGPARAM);
        put(ours, "offsetof(struct ethtool_ringparam, rx_max_pending)", RINGPARAM_RX_MAX);
        put(ours, "offsetof(struct ethtool_ringparam, tx_max_pending)", RINGPARAM_TX_MAX);
        put(ours, "offsetof(struct ethtool_ringparam, rx_pending)", RINGPARAM_RX);
        put(ours, "offsetof(struct ethtool_ringparam, tx_pending)", RINGPARAM_TX);
        put(ours, "ETHTOOL_GSSET_INFO", ETHTOOL_GSSET_INFO, "ETH_SS_FEATURES", ETH_SS_FEATURES);
        put(ours, "offsetof(struct ethtool_sset_info, sset_mask)", SSET_INFO_MASK);
        put(ours, "offsetof(struct ethtool_sset_info, data)", SSET_INFO_DATA);
        put(ours, "ETHTOOL_GSTRINGS", ETHTOOL_GSTRINGS, "ETH_GSTRING_LEN", ETH_GSTRING_LEN);
        put(ours, "offsetof(struct ethtool_gstrings, string_set)", GSTRINGS_STRING_SET);
        put(ours, "offsetof(struct ethtool_gstrings, len)", GSTRINGS_LEN);
        put(ours, "offsetof(struct ethtool_gstrings, data)", GSTRINGS_DATA);
        put(ours, "ETHTOOL_GFEATURES", ETHTOOL_GFEATURES);
        put(ours, "offsetof(struct ethtool_gfeatures, size)", GFEATURES_SIZE);
        put(ours, "offsetof(struct ethtool_gfeatures, features)", GFEATURES_FEATURES);
        put(ours, "sizeof(struct ethtool_get_features_block)", SIZEOF_FEATURES_BLOCK);
        put(ours, "offsetof(struct ethtool_get_features_block, available)", BLOCK_AVAILABLE);
        put(ours, "offsetof(struct ethtool_get_features_block, active)", BLOCK_ACTIVE);
        put(ours, "offsetof(struct ethtool_get_features_block, never_changed)", BLOCK_NEVER_CHANGED);
        put(ours, "ETHTOOL_SFEATURES", ETHTOOL_SFEATURES);
        put(ours, "offsetof(struct ethtool_sfeatures, size)", SFEATURES_SIZE);
        put(ours, "offsetof(struct ethtool_sfeatures, features)", SFEATURES_FEATURES);
        put(ours, "sizeof(struct ethtool_set_features_block)", SIZEOF_SET_FEATURES_BLOCK);
        put(ours, "offsetof(struct ethtool_set_features_block, valid)", SET_BLOCK_VALID);
        put(ours, "offsetof(struct ethtool_set_features_block, requested)", SET_BLOCK_REQUESTED);
        List<String> headers = List.of("net/if.h", "linux/sockios.h", "linux/ethtool.h");
        assertEquals(CompiledLayout.evaluate(headers, ours.keySet()), ours);
    }

    private static void put(Map<String, Long> table, Object... pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            table.put((String) pairs[i], ((Integer) pairs[i + 1]).longValue());
        }
    }
}
