package org.ifqd.cli;

import java.util.Set;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.control.Privileges;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a forwarding process no more privileges than it needs, from before its first thread to its end. */
final class Confinement {
    /**
     * Raw sockets need the one; promiscuous mode, large buffers and the isolation of the host's stack need the other.
     * All are kept: a port may be opened again when its interface comes back.
     * The frames' memory of AF_XDP is locked, where the limit (RLIMIT_MEMLOCK) does not allow it anyway.
     */
    private static final Set<Integer> LEAST = Set.of(
            Privileges.CAP_NET_RAW,
            Privileges.CAP_NET_ADMIN,
            Privileges.CAP_BPF,
            Privileges.CAP_SYS_NICE,
            Privileges.CAP_IPC_LOCK);

    private static final Logger LOG = LoggerFactory.getLogger(Confinement.class);

    /** The process is ours, and not that of a test which calls a command and would lose its privileges with it. */
    private static volatile boolean allowed;

    private Confinement() {}

    /** This process is ifqd. */
    static void allow() {
        allowed = true;
    }

    /**
     * Before anything is opened and any thread started, by the main thread; the rehearsal's, which may run by then,
     * ends soon and touches nothing outside of the process. What cannot be had is a warning: ifqd forwards all
     * the same.
     *
     * @param lockMemory keep the process in memory
     */
    static void enter(boolean lockMemory) {
        if (!allowed) {
            return;
        }
        try {
            if (lockMemory) {
                Privileges.lockMemory();
            }
        } catch (ErrnoException e) {
            LOG.warn("memory is not locked: {}", e.getMessage());
        }
        try {
            Privileges.reduceTo(LEAST);
        } catch (ErrnoException | UnsatisfiedLinkError e) {
            LOG.warn("privileges are not reduced: {}", e.getMessage());
        }
    }
}
