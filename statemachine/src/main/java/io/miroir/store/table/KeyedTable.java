package io.miroir.store.table;

import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Sql;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements of one keyed table; one for all databases of the process. */
public final class KeyedTable<K, R> {
    /** Expired rows that one put removes: more than one, so the table shrinks under writes. */
    private static final int EXPIRED_PER_PUT_MAX = 16;

    /** When a row was changed that is not there. */
    private static final long ABSENT = 0;

    private final TableSpec<K, R> spec;
    private final String upsert;
    private final String exists;
    private final String updatedAt;
    private final String delete;
    private final String expire;
    private final String get;
    private final String list;

    public KeyedTable(TableSpec<K, R> spec) {
        this.spec = spec;
        List<String> columns = spec.columns();
        List<String> keys = columns.subList(0, spec.keyColumns());
        String table = spec.table();
        String key = String.join(", ", keys);
        String isKey = keys.stream().map(k -> k + " = ?").collect(Collectors.joining(" AND "));
        String all = String.join(", ", columns);
        String changes =
                columns.subList(spec.keyColumns(), columns.size()).stream()
                        .filter(c -> !c.equals("created_at"))
                        .map(c -> c + " = " + spec.replacement(c))
                        .collect(Collectors.joining(", "));
        String marks = columns.stream().map(_ -> "?").collect(Collectors.joining(", "));
        this.upsert =
                "INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (%s) DO UPDATE SET %s"
                        .formatted(table, all, marks, key, changes);
        this.exists = "SELECT 1 FROM %s WHERE %s".formatted(table, isKey);
        this.updatedAt = "SELECT updated_at FROM %s WHERE %s".formatted(table, isKey);
        this.delete = "DELETE FROM %s WHERE %s".formatted(table, isKey);
        this.expire =
                "DELETE FROM %1$s WHERE %2$s IN (SELECT %2$s FROM %1$s WHERE expires_at <= ?"
                                .formatted(table, key)
                        + " ORDER BY expires_at, %s LIMIT %d)".formatted(key, EXPIRED_PER_PUT_MAX);
        this.get = "SELECT %s FROM %s WHERE %s".formatted(all, table, isKey);
        this.list = "SELECT %s FROM %s ORDER BY %s LIMIT ?".formatted(all, table, key);
    }

    TableSpec<K, R> spec() {
        return spec;
    }

    /** Whether a put may ask for the row that was last changed at some time. */
    boolean knowsUpdates() {
        return spec.columns().contains("updated_at");
    }

    /** Whether a row may have this key. */
    boolean isKey(List<Object> key) {
        return key.size() == spec.keyColumns()
                && key.stream().allMatch(part -> part.getClass() == spec.keyType());
    }

    Outcome put(Write write, PutRow row) {
        String table = spec.table();
        if (row.hasExpectedUpdatedAtMicros() && !knowsUpdates()) {
            throw new IllegalArgumentException("a put by a column that " + table + " has not");
        }
        if (spec.expires()) {
            write.rowsChanged(table, -write.sql().update(expire, write.now()));
        }
        @Nullable Object[] values = spec.values(row, write.now());
        List<Object> key = new ArrayList<>();
        for (Object part : Arrays.asList(values).subList(0, spec.keyColumns())) {
            key.add(Objects.requireNonNull(part));
        }
        if (row.hasExpectedUpdatedAtMicros()
                && write.sql()
                                .first(updatedAt, found -> found.number(1), key.toArray())
                                .orElse(ABSENT)
                        != row.getExpectedUpdatedAtMicros()) {
            return Outcomes.NOTHING;
        }
        boolean isNew = write.sql().first(exists, _ -> true, key.toArray()).isEmpty();
        if (isNew && write.rows(table) >= spec.rowsMax()) {
            return Outcomes.full(table, spec.rowsMax());
        }
        write.sql().update(upsert, values);
        write.rowsChanged(table, isNew ? 1 : 0);
        write.changed(spec.change(write, key));
        return Outcomes.DONE;
    }

    Outcome delete(Write write, List<Object> key) {
        if (!isKey(key)) {
            throw new IllegalArgumentException("no key of " + spec.table());
        }
        int gone = write.sql().update(delete, key.toArray());
        write.rowsChanged(spec.table(), -gone);
        if (gone > 0) {
            spec.afterDelete(write, key);
            write.changed(spec.change(write, key));
        }
        return Outcomes.existed(gone > 0);
    }

    /** By the key's columns. */
    public Optional<R> get(Sql sql, List<Object> key) {
        return sql.first(get, spec::read, key.toArray());
    }

    /** By key, as many as there may be at most. */
    public List<R> list(Sql sql, int limit) {
        return sql.all(list, spec::read, limit);
    }

    /** A key for logs and events: its parts with a slash between. */
    static String printed(List<Object> key) {
        return key.stream()
                .map(
                        part ->
                                part instanceof byte[] b
                                        ? HexFormat.of().formatHex(b)
                                        : part.toString())
                .collect(Collectors.joining("/"));
    }
}
