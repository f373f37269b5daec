package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Outcome;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.format.CommandFormats;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Within a format of commands appliers do what they did (docs/formats.md): recorded logs with
 * commands of every kind and every field of the first format give the tables and the answers that
 * were recorded with them. Pods of two builds would else come apart, and nothing would say so.
 *
 * <p>If this fails, an applier, the sweep or the order of rows has changed, or there is a kind or a
 * field that no recorded log has. What is to change comes with a new format of commands, and below
 * it everything stays. What is new is recorded beside what is there, with the next number: run this
 * class with {@code -Dmiroir.record=DIRECTORY} and take the two files from there. A log that is
 * there is not recorded anew, but where the format itself is to change.
 */
class GoldenLogTest {
    private static final int ENTRIES = 900;
    private static final long SEED = 20_260_101;

    /** The digest of nothing begins so. */
    private static final String NO_ROWS = " e3b0c44298fc";

    @TempDir Path dir;

    /** The numbers of the recorded logs. */
    static List<Integer> recorded() {
        return IntStream.iterate(1, number -> number + 1)
                .takeWhile(number -> GoldenLogTest.class.getResource(log(number)) != null)
                .boxed()
                .toList();
    }

    private static String log(int number) {
        return "golden-%d.log.gz".formatted(number);
    }

    private static String tables(int number) {
        return "golden-%d.txt".formatted(number);
    }

    private static InputStream file(String name) {
        return Objects.requireNonNull(GoldenLogTest.class.getResourceAsStream(name));
    }

    private static RecordedLog read(int number) throws IOException {
        try (InputStream file = file(log(number))) {
            return RecordedLog.read(file);
        }
    }

    /** What came of it. */
    private static List<String> lines(int number) throws IOException {
        try (InputStream file = file(tables(number))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void aRecordedLogGivesTheTablesThatItGave(int number) throws IOException {
        List<String> then = lines(number);
        // Tables and columns that came since are no business of this log.
        TableColumns columns = TableColumns.named(then);
        assertFalse(columns.byTable().isEmpty());
        Map<String, Set<String>> now = byEntry(read(number).apply(dir, columns));
        // The first entry with a difference tells more than all that follows from it.
        byEntry(then.stream().filter(line -> !TableColumns.isName(line)).toList())
                .forEach((entry, lines) -> assertEquals(lines, now.remove(entry)));
        assertEquals(Map.of(), now);
    }

    private static Map<String, Set<String>> byEntry(List<String> lines) {
        Map<String, Set<String>> byEntry = new LinkedHashMap<>();
        for (String line : lines) {
            String entry = line.substring(0, line.indexOf(' '));
            byEntry.computeIfAbsent(entry, _ -> new TreeSet<>()).add(line);
        }
        return byEntry;
    }

    @Test
    void everyTableHasRowsInARecordedLog() throws IOException {
        // A log in which a table stays empty would show nothing of it.
        Set<String> missing;
        try (Database database = open(dir)) {
            missing = new TreeSet<>(TableColumns.all(database.writer()).byTable().keySet());
        }
        for (int number : recorded()) {
            lines(number).stream()
                    .filter(line -> !TableColumns.isName(line) && !line.endsWith(NO_ROWS))
                    .forEach(line -> missing.remove(line.split(" ", -1)[1]));
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyKindAndEveryFieldOfTheFirstFormatIsInARecordedLog() throws IOException {
        Set<FieldDescriptor> used = new HashSet<>();
        for (int number : recorded()) {
            read(number).entries().forEach(entry -> use(entry.batch(), used));
        }
        Set<String> missing = new TreeSet<>();
        CommandFormats.messages().stream()
                .flatMap(message -> message.getFields().stream())
                .filter(field -> CommandFormats.declared(field) == CommandFormats.FIRST)
                .filter(field -> !used.contains(field))
                .forEach(field -> missing.add(field.getFullName()));
        // No table has a number for its key. The others chance has left out: the next log has them.
        assertEquals(
                Set.of(
                        "miroir.store.KeyPart.blob",
                        "miroir.store.KeyPart.number",
                        "miroir.store.PutRow.expected_updated_at_micros"),
                missing);
    }

    private static void use(Message message, Set<FieldDescriptor> used) {
        message.getAllFields()
                .forEach(
                        (field, value) -> {
                            used.add(field);
                            List<?> values = field.isRepeated() ? (List<?>) value : List.of(value);
                            for (Object each : values) {
                                if (each instanceof Message inside) {
                                    use(inside, used);
                                }
                            }
                        });
    }

    @Test
    @EnabledIfSystemProperty(named = "miroir.record", matches = ".+")
    void theNextOneIsRecorded() throws IOException {
        Path to = Path.of(System.getProperty("miroir.record"));
        int number = recorded().size() + 1;
        RecordedLog made = new RecordedLog(made(dir.resolve("made"), SEED + number));
        try (OutputStream out = Files.newOutputStream(to.resolve(log(number)))) {
            made.write(out);
        }
        TableColumns columns;
        try (Database database = open(dir.resolve("made"))) {
            columns = TableColumns.all(database.writer());
        }
        List<String> lines = new ArrayList<>(columns.lines());
        lines.addAll(made.apply(dir.resolve("applied"), columns));
        Files.writeString(to.resolve(tables(number)), String.join("\n", lines) + "\n");
    }

    private static Database open(Path directory) {
        return new DatabaseFiles(directory, Durability.BEHIND_A_LOG).open();
    }

    /** Now and then a week goes by, after which more has ended. */
    private static long stamp(int entry) {
        long weeks = entry / 300;
        return Entries.TIME + entry * 50_000L + weeks * 8 * 86_400 * Entries.SECOND;
    }

    /** What no applier can apply is left out: it changes nothing, but is told of at length. */
    private static List<RecordedLog.Entry> made(Path directory, long seed) {
        Random random = new Random(seed);
        AnyCommands any = new AnyCommands(random);
        RandomCommands likely = new RandomCommands(random);
        List<RecordedLog.Entry> entries = new ArrayList<>();
        try (Database database = open(directory)) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            for (int i = 1; i <= ENTRIES; i++) {
                Batch batch = random.nextBoolean() ? any.next() : likely.next();
                if (CommandFormats.OF_THIS_PROGRAM.of(batch.getCommandList())
                        > CommandFormats.FIRST) {
                    continue;
                }
                RecordedLog.Entry entry = new RecordedLog.Entry(i, 1 + i / 200, stamp(i), batch);
                BatchOutcome outcome = entry.applyTo(engine);
                any.observe(outcome);
                likely.observe(outcome);
                if (outcome.getOutcomeList().stream().noneMatch(Outcome::hasRejected)) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }
}
