package org.ifqd.watchdog;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Whether somebody may be holding single threads of this process, as debuggers do. */
final class Debugger {
    private Debugger() {}

    static boolean isAttached() {
        return isAttached(Path.of("/proc/self"));
    }

    /** @param process its directory in /proc */
    static boolean isAttached(Path process) {
        try (Stream<String> maps = Files.lines(process.resolve("maps"))) {
            if (maps.anyMatch(line -> line.endsWith("/libjdwp.so"))) {
                return true; // a Java debugger, or the offer to be one
            }
        } catch (IOException e) {
            return false; // nothing is known
        }
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path task : tasks) {
                if (isTraced(task)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // nothing is known
        }
        return false;
    }

    private static boolean isTraced(Path task) {
        try (Stream<String> status = Files.lines(task.resolve("status"))) {
            return status.anyMatch(line -> line.startsWith("TracerPid:") && !line.matches("TracerPid:\\s*0"));
        } catch (IOException e) {
            return false; // it has ended
        }
    }
}
