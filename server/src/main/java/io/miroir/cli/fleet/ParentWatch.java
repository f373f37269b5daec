package io.miroir.cli.fleet;

import java.io.IOException;
import java.io.InputStream;

/**
 * Ends a child when its parent is gone. The parent holds the other end of the child's standard
 * input; the kernel closes it however the parent dies, also by kill -9.
 */
public final class ParentWatch {
    /** A child that is started with this system property as `true` watches its parent. */
    public static final String PROPERTY = "miroir.watch.parent";

    /** An orderly stop that takes longer than this is no longer waited for. */
    private static final long STOP_MILLIS_MAX = 15_000;

    private ParentWatch() {}

    /** Starts watching if this process was told to; otherwise does nothing. */
    public static void beginIfAsked() {
        if (Boolean.getBoolean(PROPERTY)) {
            Thread.ofPlatform().daemon().name("parent-watch").start(() -> watch(System.in));
        }
    }

    private static void watch(InputStream fromParent) {
        try {
            while (fromParent.read() >= 0) {
                // The parent writes nothing; only the end matters.
            }
        } catch (IOException e) {
            // A broken pipe says the same as its end.
        }
        Thread.ofPlatform().daemon().name("parent-watch-halt").start(ParentWatch::haltLater);
        System.exit(0);
    }

    private static void haltLater() {
        try {
            Thread.sleep(STOP_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }
}
