package io.miroir.recorded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Data directories of three pods that an earlier program wrote, recorded from it.
 *
 * @param format of the database
 * @param pods their ids, which are the names of the directories
 * @param tasks that there are at least
 * @param shards of which the write knows that was under way
 */
public record RecordedDirectories(int format, List<String> pods, int tasks, List<Integer> shards) {
    /**
     * One was killed, two were stopped; the first entries of their logs are purged. Most tables are
     * empty.
     */
    public static final RecordedDirectories ONE =
            new RecordedDirectories(1, List.of("pod-a", "pod-b", "pod-c"), 120, List.of());

    /**
     * The first was killed, the second was stopped, the third lost power: its log has more than its
     * database. Each table has rows, and the first entries of the logs are purged.
     */
    public static final RecordedDirectories SEVEN =
            new RecordedDirectories(7, List.of("pod-0", "pod-1", "pod-2"), 60, List.of(1, 3));

    /** Whether each table has rows. */
    public boolean isFull() {
        return format > ONE.format;
    }

    /** Puts the directories into another. */
    public void unpack(Path into) throws IOException {
        InputStream recorded = RecordedDirectories.class.getResourceAsStream(file(format));
        try (ZipInputStream files = new ZipInputStream(Objects.requireNonNull(recorded))) {
            for (ZipEntry file = files.getNextEntry(); file != null; file = files.getNextEntry()) {
                Path target = into.resolve(file.getName());
                Files.createDirectories(target.getParent());
                Files.copy(files, target);
            }
        }
    }

    /** The name of the file that has those of a format. */
    public static String file(int format) {
        return "format-%d.zip".formatted(format);
    }

    @Override
    public String toString() {
        return "format " + format;
    }
}
