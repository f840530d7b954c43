package org.ifqd.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.CoreConstants;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logback for SLF4J as ifqd's own process wants it: set up by {@link LogSettings} at once. What logback brings for it,
 * and what is used in tests, looks for services and files in every jar of the class path first, which takes a start
 * some 20 ms.
 *
 * <p>SLF4J makes the one instance, by the name in {@code slf4j.provider}; any thread.
 */
public final class LogProvider implements SLF4JServiceProvider {
    private static final String PROPERTY = "slf4j.provider";
    private static final String VERBOSITY = "slf4j.internal.verbosity";
    private static final String SLF4J_API = "2.0.99"; // any of that series

    private final LoggerContext context = new LoggerContext();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final LogbackMDCAdapter diagnostics = new LogbackMDCAdapter();

    /** Before the first logger is made. A file of the user's for logback goes the usual way. */
    public static void choose() {
        if (System.getProperty(PROPERTY) == null && System.getProperty("logback.configurationFile") == null) {
            System.setProperty(PROPERTY, LogProvider.class.getName());
            System.setProperty(VERBOSITY, "WARN"); // else SLF4J says that it does so
        }
    }

    @Override
    public void initialize() {
        context.setName(CoreConstants.DEFAULT_CONTEXT_NAME);
        context.setMDCAdapter(diagnostics);
        LogSettings settings = new LogSettings();
        settings.setContext(context);
        settings.configure(context);
        context.start();
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return context;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return diagnostics;
    }

    @Override
    public String getRequestedApiVersion() {
        return SLF4J_API;
    }
}
