package org.ifqd.linux;

/** Linux error numbers (asm-generic, the same on x86-64 and arm64) and their names. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int ENOPROTOOPT = 92;
    public static final int EMSGSIZE = 90;
    public static final int EPROTONOSUPPORT = 93;
    public static final int ENOSPC = 28;
    public static final int ERANGE = 34;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int ENETDOWN = 100;
    public static final int ENOBUFS = 105;

    private Errno() {}

    /** The C name of an error number, or {@code errno N} for one that is not in this list. */
    public static String name(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM";
            case ENOENT -> "ENOENT";
            case EINTR -> "EINTR";
            case ENXIO -> "ENXIO";
            case EBADF -> "EBADF";
            case EAGAIN -> "EAGAIN";
            case ENOMEM -> "ENOMEM";
            case EACCES -> "EACCES";
            case EBUSY -> "EBUSY";
            case EEXIST -> "EEXIST";
            case ENODEV -> "ENODEV";
            case EINVAL -> "EINVAL";
            case EMFILE -> "EMFILE";
            case ENOPROTOOPT -> "ENOPROTOOPT";
            case EMSGSIZE -> "EMSGSIZE";
            case EPROTONOSUPPORT -> "EPROTONOSUPPORT";
            case ENOSPC -> "ENOSPC";
            case ERANGE -> "ERANGE";
            case EOPNOTSUPP -> "EOPNOTSUPP";
            case EAFNOSUPPORT -> "EAFNOSUPPORT";
            case EADDRINUSE -> "EADDRINUSE";
            case ENETDOWN -> "ENETDOWN";
            case ENOBUFS -> "ENOBUFS";
            default -> "errno " + errno;
        };
    }

    /** The usual cure of an error, whatever the call; empty where that depends on the call. */
    static String cure(int errno) {
        return switch (errno) {
            case EPERM, EACCES ->
                "needs CAP_NET_RAW and CAP_NET_ADMIN; run as root or grant them (systemd: AmbientCapabilities=)";
            case EINTR, EAGAIN -> "try again";
            case ENOMEM, ENOBUFS -> "the kernel has no memory for it; use smaller rings, or fewer workers";
            case ENETDOWN -> "the interface is down; set it up (ip link)";
            case ENXIO, ENODEV -> "the interface is gone; see ifqd interfaces";
            case EMFILE -> "too many open files; raise ulimit -n (systemd: LimitNOFILE=)";
            case EMSGSIZE -> "too large for this kernel or driver; use the default sizes";
            default -> "";
        };
    }
}
