/**
 * Work that a network card would have done: checksums finished and GSO frames cut, for an egress that has no offloads.
 *
 * <p>{@link org.ifqd.port.offload.PartialChecksum} finishes a frame in place; {@link org.ifqd.port.offload.Segmenter}
 * writes the segments of a GSO frame one by one to where the caller wants them, a transmit slot for example, and can
 * pause between any two.
 *
 * <p><b>Memory:</b> frames lie at absolute native addresses with their {@code virtio_net_hdr} directly in front. Frames
 * and vnet headers come from anyone: every offset and length is checked against the frame's own length, and whatever
 * the headers claim, nothing outside of the frame and its vnet header is read or written.
 *
 * <p><b>Errors:</b> answers, never exceptions; nothing is allocated.
 */
package org.ifqd.port.offload;
