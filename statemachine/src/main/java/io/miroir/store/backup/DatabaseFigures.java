package io.miroir.store.backup;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.Sql;
import io.miroir.store.Digests;
import io.miroir.store.engine.Applied;
import io.miroir.store.engine.DigestReads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** Looks at a database file that nobody writes to. */
public final class DatabaseFigures {
    private DatabaseFigures() {}

    /** What is in it; reads every row. */
    public static Summary of(Path database, Origin origin) throws IOException {
        try (Sql sql = Database.inspect(database)) {
            Applied applied = Applied.load(sql);
            return new Summary(
                    origin.clusterId(),
                    origin.podId(),
                    origin.backend(),
                    (int) sql.number("PRAGMA user_version"),
                    applied.index(),
                    applied.term(),
                    applied.storeTimeMicros(),
                    Files.size(database),
                    tables(sql));
        }
    }

    /** Whether its pages and indexes fit together: {@code ok}, or what SQLite found. */
    static String integrity(Path database) {
        try (Sql sql = Database.inspect(database)) {
            return sql.first("PRAGMA integrity_check(1)", row -> row.text(1)).orElse("no answer");
        }
    }

    private static SortedMap<String, Summary.Figures> tables(Sql sql) {
        Digests digests = DigestReads.digests(sql);
        SortedMap<String, Summary.Figures> tables = new TreeMap<>();
        digests.sha256ByTable()
                .forEach(
                        (table, sha256) ->
                                tables.put(
                                        table,
                                        new Summary.Figures(
                                                sql.number("SELECT count(*) FROM " + table),
                                                sha256)));
        return tables;
    }
}
