package org.ifqd.cli;

import java.lang.reflect.Proxy;

/**
 * SIGTERM and SIGINT as a request to stop, after which the program ends with a status of its own.
 *
 * <p>A shutdown hook cannot do that: the JVM then ends with 128 + signal, unless the hook halts it and so cuts off the
 * other hooks (JFR's dump). What can is {@code sun.misc.Signal} of the exported module jdk.unsupported. It is reached
 * by reflection because javac warns of the name where it stands, whatever is suppressed, and warnings are errors here.
 */
final class StopSignals {
    private StopSignals() {}

    /** @param stop called on a thread of the JVM's, for each signal; must not block */
    static void handle(Runnable stop) {
        handle(stop, "TERM", "INT");
    }

    /** SIGHUP as a request to read the configuration again. */
    static void handleReload(Runnable reload) {
        handle(reload, "HUP");
    }

    private static void handle(Runnable action, String... names) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object onSignal = Proxy.newProxyInstance(
                    StopSignals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            for (String name : names) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), onSignal);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "this JVM has no sun.misc.Signal; use an OpenJDK 25 with jdk.unsupported", e);
        }
    }
}
