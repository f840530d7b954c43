package org.ifqd.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Writes a capture file in the classic format, for tcpdump, Wireshark and tcpreplay.
 *
 * <p>Own code, 30 lines of it, and not pcap4j's dumper: that one would make every {@code ifqd tap} load libpcap, copies
 * each frame twice, and libpcap's {@code pcap_dump} does not tell when the disk is full.
 *
 * <p><b>Threading:</b> one thread. <b>Owns:</b> the file.
 *
 * @see <a href="https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-03.html">the format</a>
 */
final class CaptureFile implements AutoCloseable {
    private static final int MAGIC_MICROSECONDS = 0xa1b2c3d4;
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int FILE_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final int SNAP_BYTES = 1 << 18;
    private static final int LINKTYPE_ETHERNET = 1;
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;
    private final boolean nanoseconds;
    private final byte[] header = new byte[RECORD_HEADER_BYTES];
    private final ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);

    /**
     * Makes the file, or empties it.
     *
     * @param file {@code -} for standard output
     * @param nanoseconds stamps in nanoseconds instead of microseconds
     */
    CaptureFile(Path file, boolean nanoseconds) throws IOException {
        this.nanoseconds = nanoseconds;
        boolean standard = file.toString().equals("-"); // System.out would not tell when the reader has gone
        OutputStream opened = standard ? new FileOutputStream(FileDescriptor.out) : Files.newOutputStream(file);
        this.out = new BufferedOutputStream(
                new Named(opened, standard ? "standard output" : file.toString()), BUFFER_BYTES);
        out.write(ByteBuffer.allocate(FILE_HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(nanoseconds ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS)
                .putShort((short) 2) // version 2.4
                .putShort((short) 4)
                .putLong(0) // time zone, accuracy
                .putInt(SNAP_BYTES)
                .putInt(LINKTYPE_ETHERNET)
                .array());
        out.flush();
    }

    void write(byte[] frame, int bytes, long stampNs) throws IOException {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(stampNs);
        int rest = (int) (stampNs - TimeUnit.SECONDS.toNanos(seconds));
        fields.clear().putInt((int) seconds).putInt(nanoseconds ? rest : rest / 1_000);
        fields.putInt(bytes).putInt(bytes);
        out.write(header);
        out.write(frame, 0, bytes);
    }

    /** Makes readable for others all that was written so far. */
    void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** Says where it was that there was no room. */
    private static final class Named extends FilterOutputStream {
        private final String name;

        Named(OutputStream out, String name) {
            super(out);
            this.name = name;
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            try {
                out.write(bytes, from, count);
            } catch (IOException e) {
                throw new IOException(
                        "cannot write " + name + ": " + e.getMessage() + "; make room, or give another file by --write",
                        e);
            }
        }
    }
}
