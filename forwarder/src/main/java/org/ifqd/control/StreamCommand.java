package org.ifqd.control;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.Map;

/** A command on the control socket that is answered by one line of JSON and then a stream of bytes. */
public interface StreamCommand {

    /**
     * Looks at a request.
     *
     * @throws RuntimeException when it cannot be; the client gets the message, in one line, and nothing else
     */
    Stream open(Map<String, Object> request);

    /** The stream that was agreed on. */
    interface Stream extends AutoCloseable {

        /** The first line of the answer. */
        Map<String, Object> answer();

        /**
         * Writes until the client closes its side, or there is no more; on the client's own thread, which may block.
         */
        void run(ByteChannel client) throws IOException;

        /** Gives back what it has, whether it was run or not. */
        @Override
        void close();
    }
}
