package io.miroir.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all pods of a cluster know, one secret a line: the first is shown to others, each is good
 * for them to show. So a secret is exchanged while all pods run: the new one as second line on all,
 * then as first, then alone. The file is looked at again every second that someone connects in.
 */
public final class SharedSecret {
    /** A shorter one could be guessed from what a pod shows. */
    public static final int BYTES_MIN = 16;

    private static final Logger LOG = LoggerFactory.getLogger(SharedSecret.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int LINES_MAX = 4;

    /** They are slow to make, so those of now and of before are kept. */
    private static final int FINGERPRINTS_MAX = 2 * LINES_MAX;

    private final Path file;
    private final String what;
    private final int bytesMin;
    private final LongSupplier nanos;
    private final Map<String, String> fingerprints = new ConcurrentHashMap<>();
    private FileTime changed;
    private long lookedNanos;
    private List<String> secrets;
    private String trouble = "";

    /**
     * Reads the file of the secret of a cluster.
     *
     * @throws IllegalArgumentException if it holds no secret, too many or a short one
     */
    public SharedSecret(Path file, LongSupplier nanos) {
        this(file, "cluster secret", BYTES_MIN, nanos);
    }

    /**
     * Reads the file of any secret.
     *
     * @param what it is, for the log
     * @param bytesMin of each
     * @throws IllegalArgumentException if it holds no secret, too many or a short one
     */
    public SharedSecret(Path file, String what, int bytesMin, LongSupplier nanos) {
        this.file = file;
        this.what = what;
        this.bytesMin = bytesMin;
        this.nanos = nanos;
        this.lookedNanos = nanos.getAsLong();
        try {
            this.changed = Files.getLastModifiedTime(file);
            this.secrets = read();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the " + what + ": " + file, e);
        }
    }

    /** The newest first. */
    public synchronized List<String> all() {
        long now = nanos.getAsLong();
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            look(false);
        }
        return secrets;
    }

    /** What may be told of them, each by its fingerprint; the file is read for it. */
    public LoadedKeys loaded() {
        if (fingerprints.size() > FINGERPRINTS_MAX) {
            fingerprints.clear();
        }
        return loaded(one -> fingerprints.computeIfAbsent(one, Fingerprint::ofSecret));
    }

    /** What may be told of secrets that stand in no file, made when it is asked for first. */
    public static Supplier<LoadedKeys> fixed(String what, List<String> secrets) {
        Map<String, String> made = new ConcurrentHashMap<>();
        return () ->
                new LoadedKeys(
                        what,
                        true,
                        secrets.stream()
                                .map(one -> made.computeIfAbsent(one, Fingerprint::ofSecret))
                                .toList(),
                        "");
    }

    LoadedKeys loaded(UnaryOperator<String> fingerprint) {
        List<String> known;
        String against;
        synchronized (this) {
            look(true);
            known = secrets;
            against = trouble;
        }
        return new LoadedKeys(what, true, known.stream().map(fingerprint).toList(), against);
    }

    /**
     * Reads the file if it has changed.
     *
     * @param surely also if its time says that it has not: two changes may bear one time
     */
    private void look(boolean surely) {
        try {
            FileTime found = Files.getLastModifiedTime(file);
            if (surely || !found.equals(changed)) {
                List<String> before = secrets;
                secrets = read();
                changed = found;
                if (!secrets.equals(before)) {
                    LOG.info("the {} was read anew, {} of them", what, secrets.size());
                }
            }
            trouble = "";
        } catch (IOException | IllegalArgumentException e) {
            // The one that is known stays good: half a file must not part the cluster.
            trouble = e.toString();
            LOG.error("the {} stays as it was: {}", what, trouble);
        }
    }

    private List<String> read() throws IOException {
        List<String> lines =
                Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList();
        if (lines.isEmpty() || lines.size() > LINES_MAX) {
            throw new IllegalArgumentException(
                    file + " holds " + lines.size() + " secrets: allowed are 1 to " + LINES_MAX);
        }
        for (String line : lines) {
            if (line.getBytes(StandardCharsets.UTF_8).length < bytesMin) {
                throw new IllegalArgumentException(
                        file + " holds a secret of less than " + bytesMin + " bytes");
            }
        }
        return lines;
    }
}
