package org.ifqd.linux.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ifqd.linux.Memory;
import org.ifqd.linux.RehearsalKernel;

/**
 * The kernel's side of packet sockets, see {@link RehearsalKernel}.
 *
 * <p><b>Threading:</b> as there.
 */
public final class PacketRehearsalKernel extends RehearsalKernel {
    private static final int FRAME_BYTES = 60;
    private static final int VLAN = 100;

    /** Every so manieth frame is multicast, one is tagged, and of one the checksum is left to finish. */
    private static final int KINDS = 8;

    /** Behind Ethernet and IP, and in TCP. */
    private static final int CHECKSUM_START = 34;

    private static final int CHECKSUM_OFFSET = 16;

    /** Of a frame within its place: behind header, socket address, reserve and vnet header, as tpacket_rcv has it. */
    private static final int MAC_OFFSET = 96;

    private static final int PLACE_BYTES = 160;

    /** A receive ring, and where the kernel would put the next frame. */
    private static final class Receive {
        private final int blockBytes;
        private final int blocks;
        private long base;
        private int block;
        private int frames;

        private Receive(MemorySegment request) {
            blockBytes = request.get(ValueLayout.JAVA_INT, PacketLayouts.REQ_BLOCK_SIZE);
            blocks = request.get(ValueLayout.JAVA_INT, PacketLayouts.REQ_BLOCK_NR);
        }
    }

    /** A transmit ring, and the slot that the kernel would look at next. */
    private static final class Transmit {
        private final int slotBytes;
        private final int slots;
        private long base;
        private int next;

        private Transmit(MemorySegment request) {
            slotBytes = request.get(ValueLayout.JAVA_INT, PacketLayouts.REQ_FRAME_SIZE);
            slots = request.get(ValueLayout.JAVA_INT, PacketLayouts.REQ_FRAME_NR);
        }
    }

    private final List<Receive> receiving = new ArrayList<>();
    private final Map<Integer, Receive> receive = new HashMap<>();
    private final Map<Integer, Transmit> transmit = new HashMap<>();
    private int frame;

    @Override
    public int deliver(boolean close) {
        int rings = 0;
        for (Receive ring : receiving) {
            long block = ring.base + (long) ring.block * ring.blockBytes;
            if (Memory.loadAcquire(block + PacketLayouts.BLOCK_STATUS) == PacketConstants.TP_STATUS_KERNEL) {
                long header = block + PacketLayouts.BLOCK_BYTES + (long) ring.frames * PLACE_BYTES;
                rings++;
                ring.frames++;
                write(header, close, frame++ % KINDS);
                if (close) {
                    close(ring, block);
                }
            }
        }
        return rings;
    }

    /** As tpacket_rcv: all of it first, then what tells that it is there. */
    private static void write(long header, boolean last, int kind) {
        long mac = header + MAC_OFFSET;
        Memory.putByte(mac, (byte) (kind == 1 ? 3 : 2)); // a local address; of a group, or not
        VnetHeader.clear(mac - VnetHeader.BYTES);
        int status = PacketConstants.TP_STATUS_USER;
        if (kind == 2) {
            status |= PacketConstants.TP_STATUS_VLAN_VALID;
            Memory.putInt(header + PacketLayouts.TPACKET3_VLAN_TCI, VLAN);
        } else if (kind == 3) {
            VnetHeader.needChecksum(mac - VnetHeader.BYTES, CHECKSUM_START, CHECKSUM_OFFSET);
        }
        Memory.putInt(header + PacketLayouts.TPACKET3_NEXT_OFFSET, last ? 0 : PLACE_BYTES);
        Memory.putInt(header + PacketLayouts.TPACKET3_LEN, FRAME_BYTES);
        Memory.putInt(header + PacketLayouts.TPACKET3_SNAPLEN, FRAME_BYTES);
        Memory.putShort(header + PacketLayouts.TPACKET3_MAC, MAC_OFFSET);
        Memory.putShort(header + PacketLayouts.TPACKET3_FAMILY, PacketConstants.AF_PACKET);
        Memory.storeRelease(header + PacketLayouts.TPACKET3_STATUS, status);
    }

    private static void close(Receive ring, long block) {
        int used = PacketLayouts.BLOCK_BYTES + ring.frames * PLACE_BYTES;
        Memory.putInt(block + PacketLayouts.BLOCK_NUM_PKTS, ring.frames);
        Memory.putInt(block + PacketLayouts.BLOCK_OFFSET_TO_FIRST_PKT, PacketLayouts.BLOCK_BYTES);
        Memory.putInt(block + PacketLayouts.BLOCK_LEN, used);
        Memory.storeRelease(block + PacketLayouts.BLOCK_STATUS, PacketConstants.TP_STATUS_USER);
        ring.frames = 0;
        ring.block = ring.block + 1 == ring.blocks ? 0 : ring.block + 1;
    }

    @Override
    public synchronized int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        if (level == PacketConstants.SOL_PACKET && option == PacketConstants.PACKET_RX_RING) {
            receive.put(fd, new Receive(value));
        } else if (level == PacketConstants.SOL_PACKET && option == PacketConstants.PACKET_TX_RING) {
            transmit.put(fd, new Transmit(value));
        }
        return 0;
    }

    @Override
    public synchronized long mmap(long address, long bytes, int protection, int flags, int fd, long offset) {
        long at = memory(bytes);
        Receive ring = receive.get(fd);
        if (ring != null) {
            ring.base = at;
            receiving.add(ring);
        } else {
            transmit.get(fd).base = at;
        }
        return at;
    }

    /** Takes all frames of the transmit ring, or the one that is given. */
    @Override
    public long sendto(int fd, MemorySegment buffer, long bytes, int flags, MemorySegment address, int addressBytes) {
        Transmit ring = transmit.get(fd);
        return ring == null ? bytes : take(ring);
    }

    private static long take(Transmit ring) {
        long taken = 0;
        for (long slot = ring.base + (long) ring.next * ring.slotBytes;
                Memory.loadAcquire(slot + PacketLayouts.TPACKET2_STATUS) == PacketConstants.TP_STATUS_SEND_REQUEST;
                slot = ring.base + (long) ring.next * ring.slotBytes) {
            taken += Memory.getInt(slot + PacketLayouts.TPACKET2_LEN) - VnetHeader.BYTES;
            Memory.storeRelease(slot + PacketLayouts.TPACKET2_STATUS, PacketConstants.TP_STATUS_AVAILABLE);
            ring.next = ring.next + 1 == ring.slots ? 0 : ring.next + 1;
        }
        return taken;
    }
}
