package org.ifqd.control;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.ifqd.config.ConfigException;

/** The place of a control socket. Any thread. */
public final class ControlPath {
    private static final int S_IFMT = 0xf000; // the type's bits of a file's mode, inode(7)
    private static final int S_IFSOCK = 0xc000;

    private ControlPath() {}

    /** Whether a daemon answers there. */
    public static boolean isServed(Path path) {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return probe.isConnected();
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Looks whether a socket could be made there, and makes none.
     *
     * @throws ConfigException why not
     */
    public static void check(Path path) {
        try {
            rejectOther(path);
        } catch (IOException e) {
            throw new ConfigException("cannot look at " + path + ": " + e + "; give another path by --control");
        }
        Path folder = path.toAbsolutePath().getParent();
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent(); // a daemon makes what is missing
        }
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new ConfigException("cannot make the control socket " + path + ": this user may not write in "
                    + folder + "; give another path by --control");
        }
    }

    /** @throws ConfigException when something is there that is not a socket */
    static void rejectOther(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & S_IFMT) != S_IFSOCK) {
                throw new ConfigException(path + " is not a socket; give another path by --control");
            }
        }
    }
}
