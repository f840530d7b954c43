package org.ifqd.linux.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class UserGroupsTest {

    /** Against the group file of this machine, whoever is in it. */
    @Test
    void membersAreThoseOfTheDatabase() throws IOException {
        for (String line : Files.readAllLines(Path.of("/etc/group"))) {
            String[] fields = line.split(":", -1);
            for (String user : fields[3].isEmpty() ? new String[0] : fields[3].split(",")) {
                assertEquals(true, UserGroups.contains(Integer.parseInt(fields[2]), user), line);
            }
            assertFalse(UserGroups.contains(Integer.parseInt(fields[2]), "no-such-user"), line);
        }
        assertFalse(UserGroups.contains(0, "nobody"));
    }
}
