package org.ifqd.linux.control;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;

/**
 * Questions to the driver of a network interface, by the ioctl SIOCETHTOOL: they change nothing and need no privilege.
 * And {@link #setFeatures}, which does both.
 *
 * <p><b>Errors:</b> an empty answer where the driver has none (EOPNOTSUPP); {@link ErrnoException} for everything else,
 * ENODEV for an interface that does not exist or whose device sleeps.
 *
 * <p><b>Threading:</b> any thread; not while another closes it. <b>Owns:</b> one socket, in the network namespace of
 * the thread that opened it, which is the namespace whose interfaces are seen.
 *
 * @see <a href="https://docs.kernel.org/networking/ethtool-netlink.html">the kernel on ethtool; ioctl names at its
 *     end</a>
 */
public final class Ethtool implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MOST_FEATURES = 4096; // 64 today; a bound against a nonsensical answer

    private final ControlLibc libc;
    private final Runtime runtime = Runtime.getSystemRuntime();
    private final int fd;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Opens a socket to ask through, in the network namespace of the calling thread; any kind would do. */
    public static Ethtool open() {
        return new Ethtool(LoadedLibc.INSTANCE);
    }

    Ethtool(ControlLibc libc) {
        this.libc = libc;
        this.fd = libc.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        if (fd < 0) {
            throw new ErrnoException("socket", "AF_INET for ethtool", runtime.getLastError(), "");
        }
    }

    /**
     * The answer to a question, empty where the interface has gone since it was listed, or its device sleeps (ENODEV).
     *
     * @throws ErrnoException for any other error
     */
    public static <T> Optional<T> ifPresent(Supplier<Optional<T>> question) {
        try {
            return question.get();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODEV) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Driver and bus address. */
    public Optional<Driver> driver(String name) {
        Pointer info = command(EthtoolLayout.ETHTOOL_GDRVINFO, EthtoolLayout.SIZEOF_ETHTOOL_DRVINFO);
        if (!ask(name, info, "ETHTOOL_GDRVINFO")) {
            return Optional.empty();
        }
        return Optional.of(new Driver(
                text(info, EthtoolLayout.DRVINFO_DRIVER, EthtoolLayout.DRVINFO_TEXT_BYTES),
                text(info, EthtoolLayout.DRVINFO_VERSION, EthtoolLayout.DRVINFO_TEXT_BYTES),
                text(info, EthtoolLayout.DRVINFO_FW_VERSION, EthtoolLayout.DRVINFO_TEXT_BYTES),
                text(info, EthtoolLayout.DRVINFO_BUS_INFO, EthtoolLayout.DRVINFO_TEXT_BYTES)));
    }

    /** Queues in use. */
    public Optional<Channels> channels(String name) {
        Pointer channels = command(EthtoolLayout.ETHTOOL_GCHANNELS, EthtoolLayout.SIZEOF_ETHTOOL_CHANNELS);
        if (!ask(name, channels, "ETHTOOL_GCHANNELS")) {
            return Optional.empty();
        }
        return Optional.of(new Channels(
                channels.getInt(EthtoolLayout.CHANNELS_RX_COUNT),
                channels.getInt(EthtoolLayout.CHANNELS_TX_COUNT),
                channels.getInt(EthtoolLayout.CHANNELS_COMBINED_COUNT),
                channels.getInt(EthtoolLayout.CHANNELS_MAX_RX),
                channels.getInt(EthtoolLayout.CHANNELS_MAX_TX),
                channels.getInt(EthtoolLayout.CHANNELS_MAX_COMBINED)));
    }

    /**
     * Sets the number of receive queues, as {@code ethtool -L} does: of combined channels where the interface has some.
     * Needs CAP_NET_ADMIN.
     *
     * @return false where the driver has no such setting
     * @throws ErrnoException EINVAL for more than it has, EPERM without the privilege
     */
    public boolean setRxQueues(String name, int queues) {
        Pointer channels = command(EthtoolLayout.ETHTOOL_GCHANNELS, EthtoolLayout.SIZEOF_ETHTOOL_CHANNELS);
        if (!ask(name, channels, "ETHTOOL_GCHANNELS")) {
            return false;
        }
        boolean combined = channels.getInt(EthtoolLayout.CHANNELS_MAX_COMBINED) > 0;
        channels.putInt(EthtoolLayout.CMD, EthtoolLayout.ETHTOOL_SCHANNELS);
        channels.putInt(combined ? EthtoolLayout.CHANNELS_COMBINED_COUNT : EthtoolLayout.CHANNELS_RX_COUNT, queues);
        if (combined) {
            channels.putInt(EthtoolLayout.CHANNELS_RX_COUNT, 0);
        }
        return ask(name, channels, "ETHTOOL_SCHANNELS");
    }

    /** Descriptors of each queue. */
    public Optional<Rings> rings(String name) {
        Pointer rings = command(EthtoolLayout.ETHTOOL_GRINGPARAM, EthtoolLayout.SIZEOF_ETHTOOL_RINGPARAM);
        if (!ask(name, rings, "ETHTOOL_GRINGPARAM")) {
            return Optional.empty();
        }
        return Optional.of(new Rings(
                rings.getInt(EthtoolLayout.RINGPARAM_RX),
                rings.getInt(EthtoolLayout.RINGPARAM_TX),
                rings.getInt(EthtoolLayout.RINGPARAM_RX_MAX),
                rings.getInt(EthtoolLayout.RINGPARAM_TX_MAX)));
    }

    /** Whether the driver sees a link; it can only while the interface is up, and says no otherwise. */
    public Optional<Boolean> linkDetected(String name) {
        Pointer value = command(EthtoolLayout.ETHTOOL_GLINK, EthtoolLayout.SIZEOF_ETHTOOL_VALUE);
        return ask(name, value, "ETHTOOL_GLINK")
                ? Optional.of(value.getInt(EthtoolLayout.VALUE_DATA) != 0)
                : Optional.empty();
    }

    /** All features by the kernel's names and in the kernel's order; an empty map where the driver has no answer. */
    public Map<String, Feature> features(String name) {
        Map<String, Feature> features = new LinkedHashMap<>();
        List<String> names = featureNames(name);
        int blocks = blocks(names);
        Pointer states = command(
                EthtoolLayout.ETHTOOL_GFEATURES,
                EthtoolLayout.GFEATURES_FEATURES + blocks * EthtoolLayout.SIZEOF_FEATURES_BLOCK);
        states.putInt(EthtoolLayout.GFEATURES_SIZE, blocks);
        if (names.isEmpty() || !ask(name, states, "ETHTOOL_GFEATURES")) {
            return features;
        }
        for (int bit = 0; bit < names.size(); bit++) {
            String feature = names.get(bit);
            if (!feature.isEmpty()) { // a bit without a name is not in use
                features.put(feature, feature(feature, states, bit));
            }
        }
        return features;
    }

    /**
     * Switches features, as {@code ethtool -K} does. Needs CAP_NET_ADMIN in the interface's network namespace.
     *
     * @param wanted on or off, by the kernel's names
     * @return those that are not as wanted afterwards: fixed, unknown to this kernel, or held by another feature
     * @throws ErrnoException EPERM without the privilege
     */
    public Set<String> setFeatures(String name, Map<String, Boolean> wanted) {
        List<String> names = featureNames(name);
        int blocks = blocks(names);
        Pointer set = command(
                EthtoolLayout.ETHTOOL_SFEATURES,
                EthtoolLayout.SFEATURES_FEATURES + blocks * EthtoolLayout.SIZEOF_SET_FEATURES_BLOCK);
        set.putInt(EthtoolLayout.SFEATURES_SIZE, blocks);
        wanted.forEach((feature, on) -> request(set, names.indexOf(feature), on));
        if (!names.isEmpty()) {
            ask(name, set, "ETHTOOL_SFEATURES"); // its result tells that something was not done, but not what
        }
        Map<String, Feature> now = features(name);
        Set<String> refused = new TreeSet<>(wanted.keySet());
        refused.removeIf(feature -> now.containsKey(feature) && now.get(feature).on() == wanted.get(feature));
        return refused;
    }

    private static void request(Pointer set, int bit, boolean on) {
        if (bit >= 0) {
            long block = EthtoolLayout.SFEATURES_FEATURES + (long) (bit / 32) * EthtoolLayout.SIZEOF_SET_FEATURES_BLOCK;
            long valid = block + EthtoolLayout.SET_BLOCK_VALID;
            long requested = block + EthtoolLayout.SET_BLOCK_REQUESTED;
            set.putInt(valid, set.getInt(valid) | 1 << bit % 32);
            set.putInt(requested, set.getInt(requested) | (on ? 1 << bit % 32 : 0));
        }
    }

    /** By bit; the name of a bit that is not in use is empty. None where the driver has no answer. */
    private List<String> featureNames(String name) {
        List<String> texts = new ArrayList<>();
        int count = featureCount(name).orElse(0);
        Pointer names = command(
                EthtoolLayout.ETHTOOL_GSTRINGS, EthtoolLayout.GSTRINGS_DATA + count * EthtoolLayout.ETH_GSTRING_LEN);
        names.putInt(EthtoolLayout.GSTRINGS_STRING_SET, EthtoolLayout.ETH_SS_FEATURES);
        names.putInt(EthtoolLayout.GSTRINGS_LEN, count);
        if (count == 0 || !ask(name, names, "ETHTOOL_GSTRINGS")) {
            return texts;
        }
        for (int bit = 0; bit < count; bit++) {
            long at = EthtoolLayout.GSTRINGS_DATA + (long) bit * EthtoolLayout.ETH_GSTRING_LEN;
            texts.add(text(names, at, EthtoolLayout.ETH_GSTRING_LEN));
        }
        return texts;
    }

    private static int blocks(List<String> names) {
        return (names.size() + 31) / 32;
    }

    private static Feature feature(String name, Pointer states, int bit) {
        long block = EthtoolLayout.GFEATURES_FEATURES + (long) (bit / 32) * EthtoolLayout.SIZEOF_FEATURES_BLOCK;
        int mask = 1 << bit % 32;
        boolean active = (states.getInt(block + EthtoolLayout.BLOCK_ACTIVE) & mask) != 0;
        boolean available = (states.getInt(block + EthtoolLayout.BLOCK_AVAILABLE) & mask) != 0;
        boolean neverChanged = (states.getInt(block + EthtoolLayout.BLOCK_NEVER_CHANGED) & mask) != 0;
        return new Feature(name, active, neverChanged || !available);
    }

    private OptionalInt featureCount(String name) {
        Pointer set = command(EthtoolLayout.ETHTOOL_GSSET_INFO, EthtoolLayout.SSET_INFO_DATA + Integer.BYTES);
        set.putLong(EthtoolLayout.SSET_INFO_MASK, 1L << EthtoolLayout.ETH_SS_FEATURES);
        if (!ask(name, set, "ETHTOOL_GSSET_INFO") || set.getLong(EthtoolLayout.SSET_INFO_MASK) == 0) {
            return OptionalInt.empty(); // the kernel clears the bit of a set that it does not have
        }
        int count = set.getInt(EthtoolLayout.SSET_INFO_DATA);
        if (count < 0 || count > MOST_FEATURES) {
            throw new IllegalStateException("ETHTOOL_GSSET_INFO " + name + ": " + count + " features");
        }
        return OptionalInt.of(count);
    }

    /** Zeroed native memory that starts with the command; freed by the collector. */
    private Pointer command(int command, int bytes) {
        Pointer memory = Memory.allocateDirect(runtime, bytes, true);
        memory.putInt(EthtoolLayout.CMD, command);
        return memory;
    }

    /** Returns false where the driver does not know the question. */
    private boolean ask(String name, Pointer command, String call) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        if (text.length == 0 || text.length >= EthtoolLayout.IFNAMSIZ) {
            throw new ErrnoException(call, name, Errno.ENODEV, "a name has 1 to 15 bytes");
        }
        Pointer ifreq = Memory.allocateDirect(runtime, EthtoolLayout.SIZEOF_IFREQ, true);
        ifreq.put(0, text, 0, text.length);
        ifreq.putPointer(EthtoolLayout.IFR_DATA, command);
        int result = libc.ioctl(fd, EthtoolLayout.SIOCETHTOOL, ifreq);
        int errno = result < 0 ? runtime.getLastError() : 0;
        Reference.reachabilityFence(ifreq); // the call knows addresses only: neither may be freed before it returns
        Reference.reachabilityFence(command);
        if (result >= 0) {
            return true;
        }
        if (errno == Errno.EOPNOTSUPP) {
            return false;
        }
        String cure =
                switch (errno) {
                    case Errno.ENODEV -> "no such interface";
                    case Errno.EPERM -> "needs CAP_NET_ADMIN";
                    default -> "";
                };
        throw new ErrnoException(call, name, errno, cure);
    }

    private static String text(Pointer memory, long at, int room) {
        byte[] bytes = new byte[room];
        memory.get(at, bytes, 0, room);
        int length = 0;
        while (length < room && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            libc.close(fd);
        }
    }
}
