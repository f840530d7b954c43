package org.ifqd.linux.netlink;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes netlink messages by hand, the way the kernel lays them out. */
final class MessageBytes {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    /** struct ifinfomsg of an Ethernet device. */
    static MessageBytes ifinfomsg(int family, int index, int flags) {
        MessageBytes message = new MessageBytes();
        message.body.writeBytes(buffer(16)
                .put((byte) family)
                .put((byte) 0)
                .putShort((short) Link.ARPHRD_ETHER)
                .putInt(index)
                .putInt(flags)
                .array());
        return message;
    }

    /** A link with a name and an MTU. */
    static MessageBytes link(int index, String name) {
        return ifinfomsg(0, index, Link.IFF_UP)
                .text(RtnetlinkLayout.IFLA_IFNAME, name)
                .u32(RtnetlinkLayout.IFLA_MTU, 1500);
    }

    /** struct ifaddrmsg. */
    static MessageBytes ifaddrmsg(int family, int prefixLength, int scope, int index) {
        MessageBytes message = new MessageBytes();
        message.body.writeBytes(buffer(8)
                .put((byte) family)
                .put((byte) prefixLength)
                .put((byte) 0)
                .put((byte) scope)
                .putInt(index)
                .array());
        return message;
    }

    /** Only a number, as NLMSG_DONE and the start of NLMSG_ERROR. */
    static MessageBytes result(int number) {
        MessageBytes message = new MessageBytes();
        message.body.writeBytes(buffer(4).putInt(number).array());
        return message;
    }

    static MessageBytes nothing() {
        return new MessageBytes();
    }

    MessageBytes attribute(int type, byte[] value) {
        return attribute(type, value, 4 + value.length);
    }

    /** An attribute whose header may lie about its length. */
    MessageBytes attribute(int type, byte[] value, int length) {
        int padded = (value.length + 3) & ~3;
        body.writeBytes(buffer(4 + padded)
                .putShort((short) length)
                .putShort((short) type)
                .put(value)
                .array());
        return this;
    }

    MessageBytes u8(int type, int value) {
        return attribute(type, new byte[] {(byte) value});
    }

    MessageBytes u32(int type, int value) {
        return attribute(type, buffer(4).putInt(value).array());
    }

    MessageBytes text(int type, String value) {
        return attribute(type, (value + "\0").getBytes(StandardCharsets.UTF_8));
    }

    MessageBytes nested(int type, MessageBytes inner) {
        return attribute(type | 0x8000, inner.body.toByteArray()); // NLA_F_NESTED, as newer families set it
    }

    /** The message with its header. */
    byte[] message(int type, int flags, int sequence) {
        byte[] payload = body.toByteArray();
        return buffer(16 + payload.length)
                .putInt(16 + payload.length)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(sequence)
                .putInt(0)
                .put(payload)
                .array();
    }

    /** Several messages in one datagram, each starting at a multiple of four. */
    static byte[] datagram(byte[]... messages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            all.writeBytes(new byte[-all.size() & 3]);
            all.writeBytes(message);
        }
        return all.toByteArray();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }
}
