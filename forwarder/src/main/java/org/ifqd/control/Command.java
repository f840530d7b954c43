package org.ifqd.control;

import java.util.Map;

/** A command that a control socket takes. */
@FunctionalInterface
public interface Command {

    /**
     * Answers one request; on a thread of the client's, so that a slow one keeps nobody else.
     *
     * @param request the JSON object as it came, {@code command} among its keys
     * @return a tree of maps and lists
     * @throws org.ifqd.config.ConfigException when it was asked for something that is not there; the client gets the
     *     message
     */
    Map<String, Object> run(Map<String, Object> request);
}
