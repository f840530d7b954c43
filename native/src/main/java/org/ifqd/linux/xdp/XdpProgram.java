package org.ifqd.linux.xdp;

import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Fd;
import org.ifqd.linux.Libc;
import org.ifqd.linux.bpf.Bpf;
import org.ifqd.linux.bpf.Instruction;

/**
 * The XDP program of an interface: each frame goes to the socket of its queue. A frame of a queue without one is
 * dropped and counted: passed on, it would reach the host's stack and be in nobody's books.
 *
 * <p>The driver runs it (native mode), or it is not attached. The kernel detaches it when the process ends, however it
 * ended. <b>Threading:</b> the controlling thread; {@link #strays} any. <b>Needs:</b> CAP_BPF and CAP_NET_ADMIN, Linux
 * 5.9.
 */
public final class XdpProgram implements AutoCloseable {
    private final Libc libc;
    private final Fd sockets;
    private final Fd strays;
    private final Fd link;

    private XdpProgram(Libc libc, Fd sockets, Fd strays, Fd link) {
        this.libc = libc;
        this.sockets = sockets;
        this.strays = strays;
        this.link = link;
    }

    /**
     * Loads and attaches it; until {@link #direct} it drops all.
     *
     * @param queues that the interface has at most
     * @throws ErrnoException where the driver has no XDP, another program is there, or a capability is missing
     */
    public static XdpProgram attach(Libc libc, String interfaceName, int index, int queues) {
        Fd sockets = null;
        Fd strays = null;
        try {
            sockets = Bpf.map(libc, "ifqd_sockets", Bpf.MAP_TYPE_XSKMAP, 4, queues);
            strays = Bpf.map(libc, "ifqd_strays", Bpf.MAP_TYPE_ARRAY, 8, 1);
            try (Fd program = Bpf.load(libc, "ifqd_in", Bpf.PROG_TYPE_XDP, Bpf.XDP, instructions(sockets, strays))) {
                Fd link = Bpf.link(libc, program, index, interfaceName, Bpf.XDP, XdpConstants.XDP_FLAGS_DRV_MODE);
                return new XdpProgram(libc, sockets, strays, link);
            }
        } catch (ErrnoException e) {
            for (Fd fd : new Fd[] {sockets, strays}) {
                if (fd != null) {
                    fd.close();
                }
            }
            throw new ErrnoException("XDP program", interfaceName, e.errno(), cure(e.errno(), interfaceName));
        }
    }

    private static String cure(int errno, String interfaceName) {
        return switch (errno) {
            case Errno.EPERM -> "needs CAP_BPF and CAP_NET_ADMIN";
            case Errno.EBUSY, Errno.EEXIST ->
                "another XDP program is attached, see ip link show " + interfaceName
                        + "; take it off, or use --backend af_packet";
            case Errno.ENOSPC -> "has fewer receive queues than its other end has transmit queues; ethtool -L";
            case Errno.EOPNOTSUPP -> "its driver has no XDP; use --backend af_packet";
            case Errno.ERANGE, Errno.EINVAL ->
                "its driver refuses XDP with this MTU or these queues, dmesg says why;" + " use --backend af_packet";
            default -> "";
        };
    }

    private static long[] instructions(Fd sockets, Fd strays) {
        return new long[] {
            Instruction.loadWord(Instruction.R2, Instruction.R1, XdpConstants.XDP_MD_RX_QUEUE_INDEX),
            Instruction.loadMap(Instruction.R1, sockets),
            Instruction.second(),
            Instruction.move(Instruction.R3, XdpConstants.XDP_DROP), // where there is none
            Instruction.call(Instruction.REDIRECT_MAP),
            Instruction.skipIfEqual(Instruction.R0, XdpConstants.XDP_REDIRECT, 10),
            Instruction.storeWord(Instruction.R10, -4, 0),
            Instruction.copy(Instruction.R2, Instruction.R10),
            Instruction.add(Instruction.R2, -4),
            Instruction.loadMap(Instruction.R1, strays),
            Instruction.second(),
            Instruction.call(Instruction.MAP_LOOKUP_ELEM),
            Instruction.skipIfEqual(Instruction.R0, 0, 2), // never, but the verifier wants to see it
            Instruction.move(Instruction.R1, 1),
            Instruction.addAtomically(Instruction.R0, Instruction.R1),
            Instruction.move(Instruction.R0, XdpConstants.XDP_DROP),
            Instruction.exit()
        };
    }

    /** From now on frames of the queue go to a socket that is bound to it. */
    public void direct(int queue, XdpSocket socket) {
        Bpf.put(libc, sockets, queue, socket.number());
    }

    /** From now on frames of the queue are dropped. */
    public void drop(int queue) {
        Bpf.remove(libc, sockets, queue);
    }

    /** Frames that came to a queue without a socket. */
    public long strays() {
        return Bpf.get(libc, strays, 0);
    }

    /** Detaches it. */
    @Override
    public void close() {
        link.close();
        sockets.close();
        strays.close();
    }
}
