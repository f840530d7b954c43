package org.ifqd.linux.bpf;

import static org.ifqd.linux.bpf.Instruction.R0;
import static org.ifqd.linux.bpf.Instruction.R1;
import static org.ifqd.linux.bpf.Instruction.R2;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Fd;
import org.ifqd.linux.Libc;

/**
 * While this is open, nothing that the host's own stack sends leaves through some interfaces: no router solicitation,
 * no MLD report, no forwarded packet. What packet sockets send leaves as ever: ours, and those of tools that are run on
 * purpose.
 *
 * <p>It is a program at the egress hook of tc (tcx), which stands in front of the queueing discipline. Frames that are
 * sent around that, as ifqd's are by default, do not meet it, so it costs them nothing; with {@code qdisc = "use"} it
 * costs seven instructions. The kernel detaches it when the process ends, however it ended.
 *
 * <p><b>Threading:</b> {@link #open} and {@link #close} by one thread. <b>Owns:</b> the links. <b>Needs:</b> CAP_BPF
 * and CAP_NET_ADMIN, Linux 6.6.
 *
 * @see <a href="https://docs.kernel.org/bpf/">include/uapi/linux/bpf.h: struct __sk_buff, struct bpf_sock, enum
 *     tcx_action_base</a>
 */
public final class EgressDrop implements AutoCloseable {
    private static final int SK_BUFF_SK = 168;
    private static final int SOCK_FAMILY = 4;
    private static final int AF_PACKET = 17;
    private static final int TCX_NEXT = -1;
    private static final int TCX_DROP = 2;

    /** {@code return skb->sk && skb->sk->family == AF_PACKET ? TCX_NEXT : TCX_DROP}. */
    private static final long[] PROGRAM = {
        Instruction.move(R0, TCX_DROP),
        Instruction.loadDoubleWord(R2, R1, SK_BUFF_SK),
        Instruction.skipIfEqual(R2, 0, 3),
        Instruction.loadWord(R2, R2, SOCK_FAMILY),
        Instruction.skipUnlessEqual(R2, AF_PACKET, 1),
        Instruction.move(R0, TCX_NEXT),
        Instruction.exit()
    };

    private final List<Fd> links;

    private EgressDrop(List<Fd> links) {
        this.links = links;
    }

    /**
     * Attaches it, in the network namespace of the calling thread. All or nothing.
     *
     * @param indexes of the interfaces
     * @param names theirs, in the same order
     * @throws ErrnoException if the kernel refuses; the message says what it lacks
     */
    public static EgressDrop open(Libc libc, List<Integer> indexes, List<String> names) {
        EgressDrop drop = new EgressDrop(new ArrayList<>());
        try (Fd program = Bpf.load(libc, "ifqd_mute", Bpf.PROG_TYPE_SCHED_CLS, Bpf.TCX_EGRESS, PROGRAM)) {
            for (int i = 0; i < indexes.size(); i++) {
                int index = indexes.get(i);
                drop.links.add(Bpf.link(libc, program, index, names.get(i), Bpf.TCX_EGRESS, Bpf.F_BEFORE));
            }
            return drop;
        } catch (ErrnoException e) {
            drop.close();
            throw new ErrnoException("bpf", "egress drop", e.errno(), "needs CAP_BPF, CAP_NET_ADMIN and Linux 6.6");
        }
    }

    /** Detaches it. More than once is allowed. */
    @Override
    public void close() {
        links.forEach(Fd::close);
    }
}
