package io.miroir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.Security;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** For how long a pod believes where a name led: Java's and gRPC's own are half a minute each. */
class NameLookupsTest {
    private static final String TTL = "networkaddress.cache.ttl";
    private static final String NEGATIVE_TTL = "networkaddress.cache.negative.ttl";
    private static final String OPTION = "sun.net.inetaddr.ttl";

    private final @Nullable String optionBefore = System.getProperty(OPTION);
    private final @Nullable String keptBefore = System.getProperty(TTL);
    private final @Nullable String before = Security.getProperty(TTL);
    private final @Nullable String negativeBefore = Security.getProperty(NEGATIVE_TTL);

    @AfterEach
    void restore() {
        restore(OPTION, optionBefore);
        restore(TTL, keptBefore);
        // A security property can't be taken away; an empty one is none to Java.
        Security.setProperty(TTL, Objects.requireNonNullElse(before, ""));
        Security.setProperty(NEGATIVE_TTL, Objects.requireNonNullElse(negativeBefore, ""));
    }

    private static void restore(String name, @Nullable String value) {
        if (value == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }

    @Test
    void whatWasToldIsBelievedShortly() {
        NameLookups.keepShortly();
        assertEquals("5", Security.getProperty(TTL));
        assertEquals("1", Security.getProperty(NEGATIVE_TTL));
        assertEquals("5", System.getProperty(TTL));
    }

    @Test
    void anOptionOfTheJvmCounts() {
        System.setProperty(OPTION, "60");
        NameLookups.keepShortly();
        assertEquals("60", Security.getProperty(TTL));
        assertEquals("60", System.getProperty(TTL));
    }
}
