package io.miroir.cli;

import java.security.Security;

/**
 * How long a process takes what it was told of a host name for true. Pods and nodes move, all at
 * once where a cluster of machines is started anew: who looks a name up for the next connection
 * must not be told for half a minute what was right before.
 */
final class NameLookups {
    static final String KNOWN_SECONDS = "5";

    /** A name that is new is asked for again soon: the pod behind it has just started. */
    static final String UNKNOWN_SECONDS = "1";

    private NameLookups() {}

    /** To be called before the first name is looked up: Java reads it then, and no more. */
    static void keepShortly() {
        set("networkaddress.cache.ttl", "sun.net.inetaddr.ttl", KNOWN_SECONDS);
        set("networkaddress.cache.negative.ttl", "sun.net.inetaddr.negative.ttl", UNKNOWN_SECONDS);
        // gRPC keeps what it was told a second time.
        if (System.getProperty("networkaddress.cache.ttl") == null) {
            System.setProperty(
                    "networkaddress.cache.ttl",
                    System.getProperty("sun.net.inetaddr.ttl", KNOWN_SECONDS));
        }
    }

    /** Whoever starts the JVM with an option of his own means it. */
    private static void set(String property, String option, String seconds) {
        Security.setProperty(property, System.getProperty(option, seconds));
    }
}
