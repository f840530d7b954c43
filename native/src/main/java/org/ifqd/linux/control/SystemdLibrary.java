package org.ifqd.linux.control;

/** The calls of libsystemd that we make, under their C names; jnr-ffi writes the implementation. Any thread. */
public interface SystemdLibrary {

    /**
     * Sends a message to the socket that the environment variable NOTIFY_SOCKET names.
     *
     * @param unsetEnvironment not 0: forget the variable; always 0 here
     * @param state assignments, one a line, such as {@code READY=1}
     * @return more than 0 if it was sent, 0 if there is no such variable, or minus the errno
     * @see <a href="https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html">sd_notify(3)</a>
     */
    int sd_notify(int unsetEnvironment, String state);
}
