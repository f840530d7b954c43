package org.ifqd.linux.control;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jnr.ffi.LibraryLoader;
import org.ifqd.linux.Errno;

/**
 * Tells the service manager, systemd, what this process is doing. There is none where NOTIFY_SOCKET is not in the
 * environment, and libsystemd is then neither needed nor loaded.
 *
 * <p><b>Errors:</b> a message that cannot be sent is reported once, not thrown: a daemon that forwards must not end
 * because nobody listens.
 *
 * <p><b>Threading:</b> any thread.
 *
 * @see <a href="https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html">sd_notify(3)</a>
 */
public final class ServiceNotifier {
    private static final String LIBRARY = "libsystemd.so.0";

    private final SystemdLibrary library;
    private final OptionalLong watchdogNs;
    private final Consumer<String> log;
    private boolean complained;

    /** Over a library that is loaded already, or that a test has written; otherwise as {@link #open}. */
    public ServiceNotifier(SystemdLibrary library, OptionalLong watchdogNs, Consumer<String> log) {
        this.library = library;
        this.watchdogNs = watchdogNs;
        this.log = log;
    }

    /**
     * For a service manager that listens. The library is loaded with the first message: that takes some 100 ms, in
     * which frames can flow already.
     *
     * @param environment of this process
     * @param log gets a line when the manager waits for messages that cannot be sent
     * @return empty without a service manager
     */
    public static Optional<ServiceNotifier> open(Map<String, String> environment, Consumer<String> log) {
        if (environment.getOrDefault("NOTIFY_SOCKET", "").isEmpty()) {
            return Optional.empty();
        }
        long pid = ProcessHandle.current().pid();
        return Optional.of(new ServiceNotifier(new WhenUsed(log), watchdogNs(environment, pid), log));
    }

    /** Loads the real one when it is called first. */
    private static final class WhenUsed implements SystemdLibrary {
        private final Consumer<String> log;
        private SystemdLibrary loaded;

        private WhenUsed(Consumer<String> log) {
            this.log = log;
        }

        @Override
        public int sd_notify(int unsetEnvironment, String state) {
            if (loaded == null) {
                loaded = load();
            }
            return loaded.sd_notify(unsetEnvironment, state);
        }

        private SystemdLibrary load() {
            try {
                return LibraryLoader.create(SystemdLibrary.class).load(LIBRARY);
            } catch (UnsatisfiedLinkError e) {
                log.accept("NOTIFY_SOCKET is set, but there is no " + LIBRARY
                        + ": the service manager will not hear that ifqd is"
                        + " ready; install libsystemd0, or use Type=exec without WatchdogSec");
                return (unset, state) -> 0;
            }
        }
    }

    /** Half of what sd_watchdog_enabled(3) does: the other half, taking the variables away, is of no use in a JVM. */
    static OptionalLong watchdogNs(Map<String, String> environment, long pid) {
        try {
            String whose = environment.getOrDefault("WATCHDOG_PID", "");
            long usec = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
            boolean ours = whose.isEmpty() || Long.parseLong(whose) == pid;
            return ours && usec > 0 ? OptionalLong.of(TimeUnit.MICROSECONDS.toNanos(usec)) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** How long the manager waits between two calls of {@link #alive} before it kills; empty if it does not watch. */
    public OptionalLong watchdogNs() {
        return watchdogNs;
    }

    /** The service does its work from now on. */
    public void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    /** One line for {@code systemctl status}. */
    public void status(String status) {
        send("STATUS=" + status);
    }

    /** The configuration is being loaded again; {@link #ready} ends it. */
    public void reloading() {
        // System.nanoTime is CLOCK_MONOTONIC on Linux (HotSpot os_posix.cpp), which is what Type=notify-reload compares
        send("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    /** The service is ending. */
    public void stopping() {
        send("STOPPING=1\nSTATUS=draining");
    }

    /** Sets the manager's watchdog back. */
    public void alive() {
        send("WATCHDOG=1");
    }

    private synchronized void send(String state) {
        int result = library.sd_notify(0, state);
        if (result < 0 && !complained) {
            complained = true;
            log.accept("sd_notify " + state.lines().findFirst().orElse("") + ": " + Errno.name(-result)
                    + "; the service manager's socket does not answer");
        }
    }
}
