package org.ifqd.daemon;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.log.LogSettings;
import org.ifqd.service.Supervision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another configuration, taken on while frames flow; one that is wrong changes nothing.
 *
 * <p><b>Threading:</b> the controlling thread; {@link #config} from any.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final Supplier<DaemonConfig> source;
    private final Pairs pairs;
    private final Supervision manager;
    private final Consumer<DaemonConfig> onChange;
    private final Runnable onEnd;
    private volatile DaemonConfig config;

    /**
     * @param config that holds now
     * @param source reads the configuration again; throws ConfigException
     * @param manager told that a reload begins
     * @param onChange told of a configuration when the pairs are what it says
     * @param onEnd called when a reload is over, whatever became of it
     */
    Reload(
            DaemonConfig config,
            Supplier<DaemonConfig> source,
            Pairs pairs,
            Supervision manager,
            Consumer<DaemonConfig> onChange,
            Runnable onEnd) {
        this.config = config;
        this.source = source;
        this.pairs = pairs;
        this.manager = manager;
        this.onChange = onChange;
        this.onEnd = onEnd;
    }

    /** The configuration that holds. */
    DaemonConfig config() {
        return config;
    }

    /**
     * Reads the configuration again.
     *
     * @return what was changed, a line each
     * @throws RuntimeException why nothing has changed
     */
    List<String> reload() {
        manager.reloading();
        try {
            DaemonConfig next = source.get();
            refuseWhatMustStay(next);
            List<String> changes = pairs.apply(next);
            config = next;
            onChange.accept(next);
            LogSettings.apply(next.logLevel(), false);
            LOG.info("reloaded: {}", changes.isEmpty() ? "no port is concerned" : String.join(", ", changes));
            return changes;
        } finally {
            onEnd.run();
        }
    }

    private void refuseWhatMustStay(DaemonConfig next) {
        if (!next.controlSocket().equals(config.controlSocket())
                || !next.metrics().equals(config.metrics())) {
            throw new ConfigException("control.path and metrics.listen cannot change while ifqd runs; restart it");
        }
    }

    /** {@link #reload}, with the log to tell what became of it. */
    void reloadAndLog() {
        try {
            reload();
        } catch (RuntimeException e) {
            LOG.error("not reloaded: {}", e.getMessage());
        }
    }
}
