package org.ifqd.port.offload;

import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.VnetHeader;

/**
 * Finishes the checksum of a frame that its sender has left to the network card (CHECKSUM_PARTIAL): the field holds the sum
 * of the pseudo header, and everything from the transport header to the end of the frame is to be added.
 *
 * @see <a href="https://docs.oasis-open.org/virtio/virtio/v1.2/virtio-v1.2.html">virtio 1.2, section 5.1.6.2</a>
 */
public final class PartialChecksum {
    private static final int ETHERNET_HEADER_BYTES = 14;

    private PartialChecksum() {}

    /**
     * Stores the checksum in the frame and clears the request for it in the vnet header. A frame that asks for nothing stays
     * as it is.
     *
     * <p>Zero is stored as 0xffff whatever the protocol, as the kernel's skb_checksum_help (net/core/dev.c) does: UDP needs it,
     * and to the others it is the same number.
     *
     * @param frame address of the Ethernet header; its vnet header lies directly in front
     * @param bytes length of the frame
     * @return true: the frame can leave through an interface without checksum offload; false: it was not touched, because it
     *     is a superframe or because the vnet header points outside of it or into its Ethernet header
     */
    public static boolean finish(long frame, int bytes) {
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
        Memory.putShort(
                frame + field, InternetChecksum.finishNonZero(InternetChecksum.sum(frame + start, bytes - start)));
        VnetHeader.clearNeedsChecksum(vnet);
        return true;
    }
}
