package io.miroir;

import io.miroir.config.bind.Secret;
import io.miroir.tls.SharedSecret;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Keys that may be exchanged while the pod runs. */
public final class Keys {
    private Keys() {}

    /**
     * Those that are good now, the one to show first; none if none was given. The lines of the
     * secret's file, looked at again every second that someone asks, or the one that came another
     * way.
     *
     * @param what it is, for the log
     */
    public static Supplier<List<String>> of(Secret secret, String what) {
        Path file = secret.file();
        if (file != null && secret.isSet()) {
            return new SharedSecret(file, what, 1, System::nanoTime)::all;
        }
        List<String> only = secret.isSet() ? List.of(secret.reveal()) : List.of();
        return () -> only;
    }
}
