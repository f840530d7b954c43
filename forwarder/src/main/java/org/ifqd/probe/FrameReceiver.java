package org.ifqd.probe;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;
import org.ifqd.linux.PollSet;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.ReceivedFrame;
import org.ifqd.linux.packet.RxRing;
import org.ifqd.linux.packet.SocketFilter;

/**
 * Receives at one interface, promiscuously, and hands every frame to a verifier, stripped tags put back. Sleeps while
 * nothing comes: a TPACKET_V3 block may be late by {@value RxRing#RETIRE_MS} ms, which costs no precision, since the
 * kernel stamps each frame when it arrives.
 *
 * <p><b>Threading:</b> {@link #run} on a thread of its own, once. <b>Owns:</b> socket and ring.
 */
final class FrameReceiver implements Runnable, AutoCloseable {
    /**
     * Small blocks, because at low rates the kernel hands over one a millisecond, however little is in it: 2048 of them
     * last for two seconds in which we do not run, 64 large ones of the same memory for 64 ms (then frames were dropped
     * on a busy machine).
     */
    private static final int SMALLEST_BLOCK_BYTES = 1 << 13;

    private static final int FRAMES_A_BLOCK = 2; // of full size, with their headers
    private static final int FRAME_HEADERS_BYTES = 256;
    private static final int LOOK_EVERY_MS = 10;
    private static final int ADDED_TAG_BYTES = 4;
    private static final long ERROR_PAUSE_NS = 10_000_000;

    private final PacketSocket socket;
    private final RxRing ring;
    private final PollSet poll;
    private final Verifier verifier;
    private final Ending ending;

    /**
     * A copy, because the checksum needs a buffer and the ring is addresses; it costs less than a look at the clock.
     */
    private final ByteBuffer frame = ByteBuffer.allocateDirect(1 << 17);

    private final long frameAddress = Memory.addressOf(frame);
    private long kernelDrops;
    private volatile long soFar;

    /**
     * Opens socket and ring, inside the interface's namespace. From now on frames are received.
     *
     * @param filter leaves other frames, which may be millions a second, to the kernel
     */
    FrameReceiver(
            Libc libc,
            ProbePort port,
            Link link,
            SocketFilter filter,
            Verifier verifier,
            long ringBytes,
            Ending ending) {
        this.verifier = verifier;
        this.ending = ending;
        socket = PacketSocket.open(libc, port.name());
        try {
            int blockBytes = blockBytes(link.mtuBytes());
            ring = RxRing.open(socket, blockBytes, (int) Math.max(2, ringBytes / blockBytes));
            socket.accept(filter);
            socket.ignoreOutgoing();
            socket.bindToReceive(link.index());
            socket.promiscuous(link.index());
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
        poll = new PollSet(libc, 1);
        poll.add(socket.number(), PollSet.POLLIN);
    }

    private static int blockBytes(int mtuBytes) {
        int needed = FRAMES_A_BLOCK * (mtuBytes + FRAME_HEADERS_BYTES);
        return Math.max(SMALLEST_BLOCK_BYTES, Integer.highestOneBit(needed * 2 - 1));
    }

    @Override
    public void run() {
        long lastNs = System.nanoTime();
        // The clock before the ring: what had come by then has been seen when silence is judged by it, however long
        // this thread
        // was kept from running in between.
        long nowNs;
        do {
            nowNs = System.nanoTime();
            long block = ring.block();
            if (block == 0) {
                sleep();
            } else if (take(block)) {
                lastNs = nowNs;
                soFar = verifier.received();
            }
        } while (!ending.reached(verifier, lastNs, nowNs));
        kernelDrops = ring.kernelDrops();
    }

    private void sleep() {
        if (poll.await(LOOK_EVERY_MS) > 0 && (poll.events(0) & PollSet.POLLERR) != 0) {
            socket.error(); // reading it clears it; the interface may come back, and what is lost meanwhile is counted
            LockSupport.parkNanos(ERROR_PAUSE_NS);
        }
    }

    /** Returns whether a frame of ours was in the block. */
    private boolean take(long block) {
        boolean ours = false;
        long slot = ring.firstPlace();
        for (int left = RxRing.frames(block); left > 0 && slot != 0; left--) {
            ours |= ring.isFrame(slot) && accept(slot) != Verdict.FOREIGN;
            slot = ring.next(slot);
        }
        ring.giveBack(ring.current());
        ring.advance();
        return ours;
    }

    private Verdict accept(long header) {
        int bytes = ReceivedFrame.capturedBytes(header);
        long mac;
        if (ReceivedFrame.hasStrippedTag(header)) {
            mac = ReceivedFrame.restoreTag(header);
            bytes += ADDED_TAG_BYTES;
        } else {
            mac = ReceivedFrame.mac(header);
        }
        if (bytes > frame.capacity()) {
            return Verdict.FOREIGN; // a superframe; ours are no longer than the MTU
        }
        Memory.copy(mac, frameAddress, bytes);
        return verifier.accept(frame, bytes, ReceivedFrame.timeNs(header));
    }

    /** Distinct intact frames; any thread, while it runs too. */
    long soFar() {
        return soFar;
    }

    /** Frames that the kernel dropped because we were too slow; after the end. */
    long kernelDrops() {
        return kernelDrops;
    }

    @Override
    public void close() {
        ring.close();
        socket.close();
    }
}
