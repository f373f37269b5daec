package io.miroir;

import io.miroir.config.bind.Secret;
import io.miroir.tls.LoadedKeys;
import io.miroir.tls.SharedSecret;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** A key that may be exchanged while the pod runs. */
public final class Keys implements Supplier<List<String>> {
    private final Supplier<List<String>> now;
    private final Supplier<LoadedKeys> loaded;

    private Keys(Supplier<List<String>> now, Supplier<LoadedKeys> loaded) {
        this.now = now;
        this.loaded = loaded;
    }

    /**
     * The lines of the secret's file, looked at again every second that someone asks, or the one
     * that came another way.
     *
     * @param what it is, for the log and for operators
     */
    public static Keys of(Secret secret, String what) {
        return of(secret, what, 1);
    }

    /**
     * The same, for a key whose every line must be long.
     *
     * @param bytesMin of each line of a file
     */
    static Keys of(Secret secret, String what, int bytesMin) {
        Path file = secret.file();
        if (file != null && secret.isSet()) {
            SharedSecret lines = new SharedSecret(file, what, bytesMin, System::nanoTime);
            return new Keys(lines::all, lines::loaded);
        }
        List<String> only = secret.isSet() ? List.of(secret.reveal()) : List.of();
        return new Keys(() -> only, SharedSecret.fixed(what, only));
    }

    /** Those that are good now, the one to show first; none if none was given. */
    @Override
    public List<String> get() {
        return now.get();
    }

    /** What may be told of them; a file is read anew for it. */
    LoadedKeys loaded() {
        return loaded.get();
    }
}
