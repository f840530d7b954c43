package org.ifqd.linux.control;

/**
 * Numbers and offsets of {@code <linux/ethtool.h>}, {@code <linux/sockios.h>} and {@code <net/if.h>} under their C
 * names; checked against gcc by {@code EthtoolLayoutTest}. Offsets are bytes from the start of the structure, whose
 * first field is always {@code __u32 cmd}.
 */
final class EthtoolLayout {
    static final int SIOCETHTOOL = 0x8946;

    /** struct ifreq: name, then a union of which we use ifr_data, a pointer. */
    static final int SIZEOF_IFREQ = 40;

    static final int IFNAMSIZ = 16;
    static final int IFR_DATA = 16;

    static final int CMD = 0;

    /** struct ethtool_value: what a question with a single number as its answer uses. */
    static final int ETHTOOL_GLINK = 0x0a;

    static final int SIZEOF_ETHTOOL_VALUE = 8;
    static final int VALUE_DATA = 4;

    /** struct ethtool_drvinfo: four texts of 32 bytes that we use, and more. */
    static final int ETHTOOL_GDRVINFO = 0x03;

    static final int SIZEOF_ETHTOOL_DRVINFO = 196;
    static final int DRVINFO_DRIVER = 4;
    static final int DRVINFO_VERSION = 36;
    static final int DRVINFO_FW_VERSION = 68;
    static final int DRVINFO_BUS_INFO = 100;
    static final int DRVINFO_TEXT_BYTES = 32;

    /** struct ethtool_channels. */
    static final int ETHTOOL_GCHANNELS = 0x3c;

    static final int ETHTOOL_SCHANNELS = 0x3d;

    static final int SIZEOF_ETHTOOL_CHANNELS = 36;
    static final int CHANNELS_MAX_RX = 4;
    static final int CHANNELS_MAX_TX = 8;
    static final int CHANNELS_MAX_COMBINED = 16;
    static final int CHANNELS_RX_COUNT = 20;
    static final int CHANNELS_TX_COUNT = 24;
    static final int CHANNELS_COMBINED_COUNT = 32;

    /** struct ethtool_ringparam: descriptors of each queue. */
    static final int ETHTOOL_GRINGPARAM = 0x10;

    static final int SIZEOF_ETHTOOL_RINGPARAM = 36;
    static final int RINGPARAM_RX_MAX = 4;
    static final int RINGPARAM_TX_MAX = 16;
    static final int RINGPARAM_RX = 20;
    static final int RINGPARAM_TX = 32;

    /** struct ethtool_sset_info with one __u32 of data: how many texts are in the set whose mask bit is set. */
    static final int ETHTOOL_GSSET_INFO = 0x37;

    static final int SSET_INFO_MASK = 8; // __u64
    static final int SSET_INFO_DATA = 16; // __u32[]
    static final int ETH_SS_FEATURES = 4;

    /** struct ethtool_gstrings: the texts of a set, 32 bytes each. */
    static final int ETHTOOL_GSTRINGS = 0x1b;

    static final int GSTRINGS_STRING_SET = 4;
    static final int GSTRINGS_LEN = 8;
    static final int GSTRINGS_DATA = 12;
    static final int ETH_GSTRING_LEN = 32;

    /** struct ethtool_gfeatures: blocks of struct ethtool_get_features_block, one bit for each feature. */
    static final int ETHTOOL_GFEATURES = 0x3a;

    static final int GFEATURES_SIZE = 4; // blocks
    static final int GFEATURES_FEATURES = 8;
    static final int SIZEOF_FEATURES_BLOCK = 16;
    static final int BLOCK_AVAILABLE = 0;
    static final int BLOCK_ACTIVE = 8;
    static final int BLOCK_NEVER_CHANGED = 12;

    /**
     * struct ethtool_sfeatures: blocks of struct ethtool_set_features_block; the bits in valid become as in requested.
     */
    static final int ETHTOOL_SFEATURES = 0x3b;

    static final int SFEATURES_SIZE = 4; // blocks
    static final int SFEATURES_FEATURES = 8;
    static final int SIZEOF_SET_FEATURES_BLOCK = 8;
    static final int SET_BLOCK_VALID = 0;
    static final int SET_BLOCK_REQUESTED = 4;

    private EthtoolLayout() {}
}
