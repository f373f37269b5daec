package io.miroir.store.task;

import static java.util.function.Predicate.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.sqlite.Sql;
import io.miroir.store.lane.BarrierApplier;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rule 25: no statement that a read of tasks makes goes through the whole table, of which there may
 * be a million. The statements are those in the compiled classes, so that none is forgotten.
 */
class TaskStatementsTest {
    private static final Pattern STATEMENT = Pattern.compile("(SELECT|UPDATE|DELETE|WITH) .*");
    private static final Pattern SCAN = Pattern.compile("SCAN (tasks|t|task_names|n)( .*)?");

    @Test
    void readsOfTasksScanNoTable(@TempDir Path dir) throws IOException {
        try (Database database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open()) {
            Sql sql = database.writer();
            List<String> reads = statements(TaskReads.class, Set.of());
            assertEquals(5, reads.size(), reads::toString);
            // Once, when the database is opened, it reads all there is.
            List<String> index = statements(TaskIndex.class, Set.of("load"));
            assertEquals(List.of(), index);
            for (String statement : reads) {
                List<String> plan = plan(sql, statement);
                assertTrue(
                        plan.stream().noneMatch(step -> SCAN.matcher(step).matches()),
                        () -> statement + ": " + plan);
            }
        }
    }

    /** What is done to tasks of a name costs by these tasks, however many there are of others. */
    @Test
    void stepsOfTasksAndExchangesOfNamesScanNoTable(@TempDir Path dir) throws IOException {
        try (Database database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open()) {
            List<String> steps = new ArrayList<>(statements(TaskApplier.class, Set.of()));
            steps.addAll(statements(BarrierApplier.class, Set.of()));
            assertEquals(2, steps.stream().filter(step -> step.contains("CASE index_uid")).count());
            for (String statement : steps) {
                List<String> plan = plan(database.writer(), statement);
                assertTrue(
                        plan.stream().noneMatch(step -> SCAN.matcher(step).matches()),
                        () -> statement + ": " + plan);
            }
        }
    }

    private static List<String> plan(Sql sql, String statement) {
        Object[] arguments = new Object[(int) statement.chars().filter(c -> c == '?').count()];
        return sql.all("EXPLAIN QUERY PLAN " + statement, row -> row.text(4), arguments);
    }

    /** All that methods but some run, which must be whole texts. */
    private static List<String> statements(Class<?> type, Set<String> others) throws IOException {
        ClassModel model = model(type);
        List<String> run =
                model.methods().stream()
                        .filter(not(method -> others.contains(method.methodName().stringValue())))
                        .flatMap(TaskStatementsTest::texts)
                        .filter(text -> STATEMENT.matcher(text).matches())
                        .toList();
        List<String> known = new ArrayList<>(run);
        model.methods().stream().flatMap(TaskStatementsTest::texts).forEach(known::add);
        StreamSupport.stream(model.constantPool().spliterator(), false)
                .filter(StringEntry.class::isInstance)
                .map(entry -> ((StringEntry) entry).stringValue())
                .filter(text -> STATEMENT.matcher(text).matches())
                .forEach(
                        text ->
                                assertTrue(
                                        known.stream().anyMatch(whole -> whole.startsWith(text)),
                                        () -> "made while it runs: " + text));
        return run;
    }

    private static Stream<String> texts(MethodModel method) {
        return method.code().stream()
                .flatMap(code -> code.elementStream())
                .filter(ConstantInstruction.class::isInstance)
                .map(element -> ((ConstantInstruction) element).constantValue())
                .filter(String.class::isInstance)
                .map(String.class::cast);
    }

    private static ClassModel model(Class<?> type) throws IOException {
        try (InputStream bytes = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            return ClassFile.of().parse(Objects.requireNonNull(bytes).readAllBytes());
        }
    }
}
