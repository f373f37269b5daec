import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks ({@code check}) or restores ({@code fix}) the one format of all Java files below a
 * directory. A file that was seen well-formed is not read again until it changes, so the check
 * costs nothing on an incremental build.
 */
final class Format {
    private static final Formatter FORMATTER =
            new Formatter(
                    JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build());

    public static void main(String[] args) throws Exception {
        boolean fix = args[0].equals("fix");
        Path root = Path.of(args[1]);
        Path stamp = root.resolve("target/formatted");
        long seenMillis = Files.exists(stamp) ? Files.getLastModifiedTime(stamp).toMillis() : 0;
        List<Path> wrong = new ArrayList<>();
        long startedMillis = System.currentTimeMillis();
        for (Path file : javaFiles(root)) {
            if (Files.getLastModifiedTime(file).toMillis() < seenMillis) {
                continue;
            }
            String source = Files.readString(file);
            String formatted;
            try {
                formatted =
                        FORMATTER.formatSource(
                                RemoveUnusedImports.removeUnusedImports(
                                        ImportOrderer.reorderImports(
                                                source, JavaFormatterOptions.Style.GOOGLE)));
            } catch (Exception e) {
                System.err.println(root.relativize(file) + ": " + e.getMessage());
                System.exit(1);
                return;
            }
            if (formatted.equals(source)) {
                continue;
            }
            if (fix) {
                Files.writeString(file, formatted);
            } else {
                wrong.add(root.relativize(file));
            }
        }
        if (!wrong.isEmpty()) {
            wrong.forEach(f -> System.err.println("not formatted: " + f));
            System.err.println("run: mvn -q -N -Dformat=fix validate");
            System.exit(1);
        }
        Files.createDirectories(stamp.getParent());
        Files.writeString(stamp, "");
        Files.setLastModifiedTime(
                stamp, java.nio.file.attribute.FileTime.fromMillis(startedMillis));
    }

    private static List<Path> javaFiles(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.toString().endsWith(".java"))
                    .filter(f -> !root.relativize(f).toString().contains("target/"))
                    .toList();
        }
    }
}
