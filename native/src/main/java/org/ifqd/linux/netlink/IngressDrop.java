package org.ifqd.linux.netlink;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;

/**
 * While this is open, the host's stack gets no frame that arrives at some interfaces. AF_PACKET sockets for all
 * protocols get them all, since the kernel serves those first; what the host sends is not touched.
 *
 * <pre>
 *   driver ─▶ XDP ─▶ AF_PACKET (ETH_P_ALL) ─▶ tc ingress ─▶ nf_tables ingress ─▶ VLAN, bridge, IP ...
 *                        ifqd reads here                      drop: here
 * </pre>
 *
 * <p>It is an nf_tables table of family netdev; for each interface it has a chain without a rule, whose policy is to
 * drop. The table has an <em>owner</em> (NFT_TABLE_F_OWNER): nobody but our socket can change it,
 * {@code nft flush ruleset} passes it by, and the kernel deletes it when the socket is closed, however the process
 * ended. So nothing is ever left behind, and nothing has to be looked for at the next start.
 *
 * <p>The kernel's interface is spoken directly, not through libnftables: two kinds of messages do not pay for a
 * library, and the library's commands open and close a socket of their own, which cannot be an owner.
 *
 * <p><b>Threading:</b> {@link #open} and {@link #close} by one thread. <b>Owns:</b> the socket, and by it the table.
 * <b>Needs:</b> CAP_NET_ADMIN, Linux 5.12.
 *
 * @see <a href="https://www.netfilter.org/projects/nftables/manpage.html">nft(8), table flags and the netdev family</a>
 */
public final class IngressDrop implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Before all other chains: a rule of theirs could still pass a frame on, to another interface for example. */
    private static final int PRIORITY = Integer.MIN_VALUE;

    private final NetlinkSocket socket;

    private IngressDrop(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Makes the table, in the network namespace of the calling thread. All or nothing.
     *
     * @param table its name; no other table of family netdev may have it
     * @param interfaces names
     * @throws ErrnoException if the kernel refuses; the message says what it lacks
     */
    public static IngressDrop open(Libc libc, String table, List<String> interfaces) {
        NetlinkSocket socket = openSocket(libc);
        try {
            List<Request> batch = batch(table, interfaces);
            socket.send(numbered(batch));
            awaitResult(socket, batch.size() - 1, table);
            return new IngressDrop(socket);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static NetlinkSocket openSocket(Libc libc) {
        try {
            return NetlinkSocket.openNetfilter(libc, TIMEOUT);
        } catch (ErrnoException e) {
            throw e.errno() == Errno.EPROTONOSUPPORT ? refused("", e.errno()) : e;
        }
    }

    private static List<Request> batch(String table, List<String> interfaces) {
        List<Request> batch = new ArrayList<>();
        batch.add(mark(NftablesLayout.NFNL_MSG_BATCH_BEGIN));
        batch.add(request(NftablesLayout.NFT_MSG_NEWTABLE)
                .with(NftablesLayout.NFTA_TABLE_NAME, table)
                .withBigEndian(NftablesLayout.NFTA_TABLE_FLAGS, NftablesLayout.NFT_TABLE_F_OWNER));
        for (String name : interfaces) {
            batch.add(request(NftablesLayout.NFT_MSG_NEWCHAIN)
                    .with(NftablesLayout.NFTA_CHAIN_TABLE, table)
                    .with(NftablesLayout.NFTA_CHAIN_NAME, "drop" + (batch.size() - 1)) // a device's name may not be one
                    .open(NftablesLayout.NFTA_CHAIN_HOOK)
                    .withBigEndian(NftablesLayout.NFTA_HOOK_HOOKNUM, NftablesLayout.NF_NETDEV_INGRESS)
                    .withBigEndian(NftablesLayout.NFTA_HOOK_PRIORITY, PRIORITY)
                    .with(NftablesLayout.NFTA_HOOK_DEV, name)
                    .close()
                    .withBigEndian(NftablesLayout.NFTA_CHAIN_POLICY, NftablesLayout.NF_DROP)
                    .with(NftablesLayout.NFTA_CHAIN_TYPE, "filter"));
        }
        batch.add(mark(NftablesLayout.NFNL_MSG_BATCH_END));
        return batch;
    }

    private static Request mark(int type) {
        return Request.nftables(type, 0, 0, NftablesLayout.NFNL_SUBSYS_NFTABLES);
    }

    private static Request request(int message) {
        int type = NftablesLayout.NFNL_SUBSYS_NFTABLES << 8 | message;
        int flags = NftablesLayout.NLM_F_CREATE | NftablesLayout.NLM_F_EXCL | NftablesLayout.NLM_F_ACK;
        return Request.nftables(type, flags, NftablesLayout.NFPROTO_NETDEV, 0);
    }

    /** All in one buffer, the first with number 1: a batch must be a single datagram. */
    private static MemorySegment numbered(List<Request> batch) {
        MemorySegment all = Arena.ofAuto().allocate((long) batch.size() * Request.ROOM, 8);
        long at = 0;
        for (int i = 0; i < batch.size(); i++) {
            MemorySegment message = batch.get(i).numbered(i + 1);
            MemorySegment.copy(message, 0, all, at, message.byteSize());
            at += message.byteSize();
        }
        return all.asSlice(0, at);
    }

    /**
     * Reads the results. They come in order, after the kernel has made everything or nothing: the first error ends it,
     * and the last request's success stands for all.
     */
    private static void awaitResult(NetlinkSocket socket, int lastSequence, String table) {
        while (true) {
            List<Message> messages = socket.receive(0);
            if (messages.isEmpty()) {
                throw new ErrnoException(
                        "nf_tables", "table netdev " + table, Errno.EAGAIN, "no answer within " + TIMEOUT);
            }
            for (Message message : messages) {
                if (message.type() != RtnetlinkLayout.NLMSG_ERROR) {
                    continue;
                }
                if (message.errno() != 0) {
                    throw refused(" table netdev " + table, errno(message));
                }
                if (message.sequence() == lastSequence) {
                    return;
                }
            }
        }
    }

    /**
     * A process without the capability is refused as a whole; EPERM within the batch is for a table with another owner.
     */
    private static int errno(Message result) {
        return result.errno() == Errno.EPERM && result.sequence() > 1 ? Errno.EEXIST : result.errno();
    }

    private static ErrnoException refused(String subject, int errno) {
        String cure =
                switch (errno) {
                    case Errno.EPERM, Errno.EACCES -> "needs CAP_NET_ADMIN";
                    case Errno.EEXIST -> "another process has made it";
                    case Errno.ENOENT, Errno.ENODEV -> "an interface is gone";
                    case Errno.EPROTONOSUPPORT, Errno.EOPNOTSUPP, Errno.EINVAL ->
                        "needs Linux 5.12 with nf_tables and its ingress hook";
                    default -> "";
                };
        return new ErrnoException("nf_tables", "ingress drop" + subject, errno, cure);
    }

    /** Takes the table away. More than once is allowed. */
    @Override
    public void close() {
        socket.close();
    }
}
