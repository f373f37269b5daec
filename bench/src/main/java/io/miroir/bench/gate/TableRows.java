package io.miroir.bench.gate;

import io.miroir.bench.redis.RedisTaskStore;
import io.miroir.store.TaskStore;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes per row of each table, with the upstream project's counts: pages of the table and its
 * indexes in the file here, keys and indexes in memory there.
 */
final class TableRows {
    private static final String ALL = "size.tables";

    /** Answers table, bytes, table, bytes, …: of its keys and of their index. */
    private static final String USAGE =
            """
            local sums, flat = {}, {}
            for _, key in ipairs(redis.call('KEYS', 'miroir:*')) do
              local table_ = string.match(key, '^miroir:([^:]+)')
              sums[table_] = (sums[table_] or 0) + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '0')
            end
            for table_, bytes in pairs(sums) do
              table.insert(flat, table_)
              table.insert(flat, bytes)
            end
            return flat
            """;

    private TableRows() {}

    static Measurement measurement() {
        List<String> ids = new ArrayList<>();
        SeedRows.tables().forEach(table -> ids.add(ALL + "." + table));
        ids.add(ALL);
        return new Measured(ids, _ -> Duration.ofSeconds(60), TableRows::run);
    }

    private static List<Row> run(Bench bench) {
        bench.closeArena();
        Map<String, Long> ours = ours(bench.newDirectory("tables"));
        Map<String, Long> theirs = theirs(bench.newDirectory("tables"));
        List<Row> rows = new ArrayList<>();
        long all = 0;
        long allTheirs = 0;
        for (String table : SeedRows.tables()) {
            long bytes = ours.getOrDefault(table, 0L);
            long theirBytes = theirs.getOrDefault(table, 0L);
            int count = SeedRows.rowsOf(table);
            all += bytes;
            allTheirs += theirBytes;
            rows.add(
                    row(
                            ALL + "." + table,
                            (double) bytes / count,
                            (double) theirBytes / count,
                            "a row of %,d; file; memory".formatted(count)));
        }
        rows.add(
                row(
                        ALL,
                        (double) all,
                        (double) allTheirs,
                        "the 14 tables of the upstream project's sizing"));
        return rows;
    }

    private static Row row(String id, double ours, double theirs, String note) {
        return Row.once(
                id,
                "B",
                Row.Good.LOW,
                ours,
                theirs,
                theirs,
                "pages and keys are counted",
                note + "; what Redis keeps in memory does not depend on its durability");
    }

    private static Map<String, Long> ours(Path dir) {
        Path copy = dir.resolve("copy.db");
        try (TaskStore store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("pod-0", dir.resolve("data")),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        Throwable::printStackTrace)) {
            SeedRows.fill(store);
            store.copyTo(copy);
        } catch (IOException e) {
            throw new UncheckedIOException(copy.toString(), e);
        }
        return tableBytes(copy);
    }

    /** Whole pages, those of a table's indexes too. */
    private static Map<String, Long> tableBytes(Path database) {
        Map<String, Long> bytes = new HashMap<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                ResultSet found =
                        connection
                                .createStatement()
                                .executeQuery(
                                        "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN"
                                                + " sqlite_schema USING (name) GROUP BY tbl_name")) {
            while (found.next()) {
                bytes.put(found.getString(1), found.getLong(2));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read " + database, e);
        }
        return bytes;
    }

    private static Map<String, Long> theirs(Path dir) {
        Map<String, Long> bytes = new HashMap<>();
        try (RedisServers redis = new RedisServers(dir, 1, RedisServers.Durability.USUAL);
                TaskStore store = RedisTaskStore.open(redis.setup())) {
            SeedRows.fill(store);
            String[] sums = RedisCli.ask(redis.port(0), "", "EVAL", USAGE, "0").split(" ", -1);
            for (int i = 0; i < sums.length; i += 2) {
                bytes.put(sums[i], Long.parseLong(sums[i + 1]));
            }
        }
        return bytes;
    }
}
