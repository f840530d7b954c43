package org.ifqd.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFileTest {
    @TempDir
    private Path folder;

    private List<Path> files() throws IOException {
        try (var all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    /** Links planted at the old temporary name and at the file's own name: what they point to is left alone. */
    @Test
    void followsNoPlantedLink() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "mine");
        Path planted = Files.createSymbolicLink(folder.resolve("pairs.new"), victim);
        Path file = Files.createSymbolicLink(folder.resolve("pairs"), victim);

        NewFile.replace(file, "a b\n");

        Assertions.assertEquals("mine", Files.readString(victim));
        Assertions.assertFalse(Files.isSymbolicLink(file));
        Assertions.assertEquals("a b\n", Files.readString(file));
        Assertions.assertEquals(List.of(file, planted, victim), files());
    }

    @Test
    void leavesNothingBehindWhenItFails() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("pairs"));
        Files.createFile(taken.resolve("occupied"));

        Assertions.assertThrows(IOException.class, () -> NewFile.replace(taken, "a b\n"));
        Assertions.assertEquals(List.of(taken), files());
    }
}
