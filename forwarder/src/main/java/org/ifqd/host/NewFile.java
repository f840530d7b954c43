package org.ifqd.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes files into folders that others may write to as well. <b>Threading:</b> any thread. */
public final class NewFile {
    private NewFile() {}

    /**
     * Puts a file with this text in the place of what is there; readers see the old one or the new one, never a part.
     *
     * <p>The text is first in a file that only the owner may read, with a name that nobody can foretell, opened with
     * O_EXCL. Thus a link that was planted, at that name or at the file's own, is not followed: rename(2) replaces a
     * link itself.
     *
     * @throws IOException if it cannot be written; nothing is left behind then
     */
    public static void replace(Path file, String text) throws IOException {
        Path next = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName() + ".", ".new");
        try {
            Files.writeString(next, text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next); // there only if it failed
        }
    }
}
