package io.miroir.bench.gate;

import io.miroir.bench.redis.RedisTaskStore;
import io.miroir.store.AccountsContract;
import io.miroir.store.AliasesContract;
import io.miroir.store.JobsContract;
import io.miroir.store.SessionsContract;
import io.miroir.store.SettingsTablesContract;
import io.miroir.store.TaskStore;
import io.miroir.store.TasksContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The other side of the gate keeps the same contract, but for lanes and the catalogue, which its
 * keyspace has not: a contender that does less would not be a fair one. With a master, two replicas
 * and WAIT, as it is measured.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf(
        value = "io.miroir.bench.gate.RedisBinary#isThere",
        disabledReason = "no redis-server: apt-get install redis-server, or set REDIS_SERVER")
class RedisTaskStoreTest
        implements TasksContract,
                AliasesContract,
                JobsContract,
                SessionsContract,
                AccountsContract,
                SettingsTablesContract {
    @SuppressWarnings("NullAway.Init")
    private RedisServers servers;

    @SuppressWarnings("NullAway.Init")
    private TaskStore store;

    @BeforeAll
    void start(@TempDir Path dir) {
        servers = new RedisServers(dir, 3, RedisServers.Durability.EQUAL);
        store = RedisTaskStore.open(servers.setup());
    }

    @AfterAll
    void stop() {
        store.close();
        servers.close();
    }

    @Override
    public TaskStore store() {
        return store;
    }
}
