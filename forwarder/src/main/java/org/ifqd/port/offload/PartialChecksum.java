package org.ifqd.port.offload;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.VnetHeader;

/**
 * Finishes the checksum of a frame that its sender has left to the network card (CHECKSUM_PARTIAL): the field holds the
 * sum of the pseudo header, and everything from the transport header to the end of the frame is to be added.
 *
 * @see <a href="https://docs.oasis-open.org/virtio/virtio/v1.2/virtio-v1.2.html">virtio 1.2, section 5.1.6.2</a>
 */
public final class PartialChecksum {
    private static final int ETHERNET_HEADER_BYTES = 14;

    private static final int SCTP_BYTES = 12;
    private static final int SCTP_CHECKSUM = 8;

    /** A frame with a checksum that is left to finish is at most so long, or a GSO frame. */
    private static final int MOST_BYTES = 1 << 16;

    private final Headers headers = new Headers();
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer copy = ByteBuffer.allocateDirect(MOST_BYTES);

    /**
     * Whether only {@link #finish} can do it, whatever the interface can: a checksum at this place may be SCTP's, which
     * the kernel's send would take for an internet checksum.
     *
     * @param vnet address of the vnet header
     */
    public static boolean isOurs(long vnet) {
        return VnetHeader.needsChecksum(vnet) && VnetHeader.checksumOffset(vnet) == SCTP_CHECKSUM;
    }

    /**
     * Stores the checksum in the frame and clears the request for it in the vnet header. A frame that asks for nothing
     * stays as it is.
     *
     * <p>Zero is stored as 0xffff whatever the protocol, as the kernel's skb_checksum_help (net/core/dev.c) does: UDP
     * needs it, and to the others it is the same number.
     *
     * @param frame address of the Ethernet header; its vnet header lies directly in front
     * @param bytes length of the frame
     * @return true: the frame can leave through an interface without checksum offload; false: it was not touched,
     *     because it is a GSO frame or because the vnet header points outside of it or into its Ethernet header
     */
    public boolean finish(long frame, int bytes) {
        long vnet = frame - VnetHeader.BYTES;
        if (VnetHeader.isGso(vnet)) {
            return false;
        }
        if (!VnetHeader.needsChecksum(vnet)) {
            return true;
        }
        int start = VnetHeader.checksumStart(vnet);
        int field = start + VnetHeader.checksumOffset(vnet);
        if (start < ETHERNET_HEADER_BYTES || field > bytes - Short.BYTES) {
            return false;
        }
        if (field - start == SCTP_CHECKSUM && isSctp(frame, bytes, start)) {
            finishSctp(frame + start, bytes - start);
            VnetHeader.clearNeedsChecksum(vnet);
            return true;
        }
        Memory.putShort(
                frame + field, InternetChecksum.finishNonZero(InternetChecksum.sum(frame + start, bytes - start)));
        VnetHeader.clearNeedsChecksum(vnet);
        return true;
    }

    private boolean isSctp(long frame, int bytes, int start) {
        return bytes - start >= SCTP_BYTES
                && bytes <= MOST_BYTES
                && headers.find(frame, bytes, start) == 0
                && headers.transportProtocol == Headers.SCTP;
    }

    /**
     * As skb_crc32c_csum_help (net/core/dev.c): over all from the SCTP header on, its checksum taken for 0,
     * little-endian.
     */
    private void finishSctp(long sctp, int bytes) {
        Memory.putInt(sctp + SCTP_CHECKSUM, 0);
        Memory.copy(sctp, Memory.addressOf(copy), bytes);
        crc.reset();
        crc.update(copy.clear().limit(bytes));
        int value = (int) crc.getValue();
        for (int i = 0; i < Integer.BYTES; i++) {
            Memory.putByte(sctp + SCTP_CHECKSUM + i, (byte) (value >>> 8 * i));
        }
    }
}
