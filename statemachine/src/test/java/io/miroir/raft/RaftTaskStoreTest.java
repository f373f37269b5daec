package io.miroir.raft;

import io.miroir.store.TaskStore;
import io.miroir.store.TaskStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A group of three keeps the contract, asked through a follower: every command is forwarded. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RaftTaskStoreTest extends TaskStoreContract {
    @SuppressWarnings("NullAway.Init")
    private Group group;

    @SuppressWarnings("NullAway.Init")
    private TaskStore follower;

    @BeforeAll
    void open(@TempDir Path dir) throws Exception {
        group = new Group(dir, RaftStoreConfig.Tuning.DEFAULT, 60_000);
        group.startAll();
        follower = group.pod(group.follower());
    }

    @AfterAll
    void close() {
        group.awaitEqual();
        group.close();
    }

    @Override
    public TaskStore store() {
        return follower;
    }
}
