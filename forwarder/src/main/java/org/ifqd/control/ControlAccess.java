package org.ifqd.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.ifqd.linux.control.UserGroups;

/**
 * Who may do what over a control socket. Whoever can open the socket may read the counters. Changes, and looking at
 * frames, are for root, for the user that ifqd runs as, and for members of the socket's group: by the group that the
 * client runs with, or by the group database. Owner and group are those that the file had when ifqd made it, as its
 * directory may be others'.
 *
 * <p><b>Threading:</b> any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7): SO_PEERCRED</a>
 */
final class ControlAccess {
    private final Path path;
    private final UserPrincipal owner;
    private final GroupPrincipal group;
    private final int gid;

    /** @param path of a socket that was just made */
    ControlAccess(Path path) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
        this.path = path;
        this.owner = attributes.owner();
        this.group = attributes.group();
        this.gid = (Integer) Files.getAttribute(path, "unix:gid");
    }

    /** Who has connected, as the kernel knows it. */
    static UnixDomainPrincipal peer(SocketChannel client) throws IOException {
        return client.getOption(ExtendedSocketOptions.SO_PEERCRED);
    }

    /** Whether this user may do more than read counters. */
    boolean mayChange(UnixDomainPrincipal peer) throws IOException {
        return peer.user().equals(owner)
                || peer.group().equals(group)
                || peer.user().equals(root())
                || UserGroups.contains(gid, peer.user().getName());
    }

    private static UserPrincipal root() throws IOException {
        return FileSystems.getDefault()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName("0"); // whatever it is called
    }

    /** The answer to a client that may not: who it is, who may, and what to do. */
    String refusal(Object command, UnixDomainPrincipal peer) throws IOException {
        String user = peer.user().getName();
        String others = owner.equals(root()) ? "" : ", for " + owner.getName() + ", who runs this ifqd,";
        String cure = gid == 0 ? "use sudo" : "use sudo, or: adduser " + user + " " + group.getName();
        return "%s is refused: user %s may only read; this is for root%s and for group %s of %s; %s"
                .formatted(command, user, others, group.getName(), path, cure);
    }
}
