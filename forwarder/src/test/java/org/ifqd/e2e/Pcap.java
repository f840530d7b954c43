package org.ifqd.e2e;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Capture files in the classic format, little endian: what tcpreplay reads and tcpdump writes on this machine. */
final class Pcap {
    private static final int MAGIC = 0xa1b2c3d4;
    private static final int HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final int LONGEST_FRAME = 1 << 16;
    private static final int LINKTYPE_ETHERNET = 1;

    private Pcap() {}

    static void write(Path file, List<byte[]> frames) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(littleEndian(HEADER_BYTES)
                    .putInt(MAGIC)
                    .putShort((short) 2)
                    .putShort((short) 4)
                    .putLong(0) // time zone, accuracy
                    .putInt(LONGEST_FRAME)
                    .putInt(LINKTYPE_ETHERNET)
                    .array());
            for (byte[] frame : frames) {
                out.write(littleEndian(RECORD_HEADER_BYTES)
                        .putLong(0) // time
                        .putInt(frame.length)
                        .putInt(frame.length)
                        .array());
                out.write(frame);
            }
        }
    }

    static List<byte[]> read(Path file) {
        List<byte[]> frames = new ArrayList<>();
        forEach(file, frames::add);
        return frames;
    }

    /**
     * Reads frame by frame, so that a large capture does not have to fit into memory. A record that is cut off ends it.
     */
    static void forEach(Path file, Consumer<byte[]> action) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            int magic = littleEndian(in.readNBytes(HEADER_BYTES)).getInt();
            if (magic != MAGIC) {
                throw new IOException(file + " is no capture file of this kind: " + Integer.toHexString(magic));
            }
            for (byte[] header; (header = in.readNBytes(RECORD_HEADER_BYTES)).length == RECORD_HEADER_BYTES; ) {
                byte[] frame = new byte[littleEndian(header).getInt(8)];
                in.readFully(frame);
                action.accept(frame);
            }
        } catch (EOFException e) {
            // tcpdump is still writing
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer littleEndian(int bytes) {
        return littleEndian(new byte[bytes]);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
