package io.miroir.embedded.tasks;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.Json;
import io.miroir.api.tasks.TaskStatus;
import io.miroir.api.tasks.TaskType;
import io.miroir.embedded.engine.LuceneEngine;
import io.miroir.embedded.store.NodeState;
import io.miroir.embedded.store.Payloads;
import io.miroir.embedded.store.TaskRow;
import io.miroir.embedded.store.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchRunnerTest {
    @TempDir private Path directory = Path.of("");

    /** Shows: it is tried again all the time, and a disk that is full must not get fuller by it. */
    @Test
    void aTaskWhoseEndCannotBeWrittenMakesOneIndex() throws Exception {
        Path root = directory.resolve("indexes");
        NodeState state = NodeState.open(directory.resolve("state"));
        try (OpenIndexes indexes = new OpenIndexes(root, LuceneEngine::open)) {
            BatchRunner runner = runner(state, indexes);
            TaskRow task = settingsOfANewIndex(state);
            // Nothing can be written to it from here on.
            state.close();
            assertThrows(UncheckedIOException.class, () -> runner.run(List.of(task)));
            assertThrows(UncheckedIOException.class, () -> runner.run(List.of(task)));
            try (Stream<Path> made = Files.list(root)) {
                assertEquals(1, made.count());
            }
        }
    }

    /** Shows: what it is begun again with is not taken for another task's. */
    @Test
    void eachTaskMakesAnIndexOfItsOwn() throws Exception {
        Path root = directory.resolve("indexes");
        try (NodeState state = NodeState.open(directory.resolve("state"));
                OpenIndexes indexes = new OpenIndexes(root, LuceneEngine::open)) {
            BatchRunner runner = runner(state, indexes);
            for (int i = 0; i < 2; i++) {
                TaskRow task = settingsOfANewIndex(state);
                runner.run(List.of(task));
                assertEquals(
                        TaskStatus.SUCCEEDED,
                        requireNonNull(state.task(task.uid())).view().status());
            }
            assertEquals(
                    2,
                    state.indexes().values().stream()
                            .map(one -> one.directory())
                            .distinct()
                            .count());
        }
    }

    private BatchRunner runner(NodeState state, OpenIndexes indexes) throws IOException {
        Payloads payloads = new Payloads(directory.resolve("payloads"), () -> "p");
        int[] made = {0};
        Catalogue catalogue = new Catalogue(() -> "i" + made[0]++);
        return new BatchRunner(
                state,
                payloads,
                InstantSource.system(),
                new DocumentWork(state, indexes, payloads, catalogue),
                new CatalogueWork(state, indexes, catalogue),
                _ -> {});
    }

    private static TaskRow settingsOfANewIndex(NodeState state) {
        String uid = "index" + state.tasks().size();
        var draft =
                new TaskQueue.Draft(
                        TaskType.SETTINGS_UPDATE,
                        List.of(uid),
                        null,
                        Json.object(),
                        new Work.ChangeSettings(Json.object(), true));
        TaskQueue queue = new TaskQueue(state, InstantSource.system(), () -> {});
        return requireNonNull(state.task(queue.enqueue(draft).ids().uid()));
    }
}
