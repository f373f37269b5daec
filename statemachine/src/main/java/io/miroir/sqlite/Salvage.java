package io.miroir.sqlite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a whole database of what can be read of one whose pages are damaged. Each table is read
 * from its first row up to the first page that can't be read, and from its last row down to the
 * last such page: what lies between is lost, and nobody knows how many rows that is.
 */
public final class Salvage {
    /** Tables of one row, without which a store knows neither where it is nor what holds. */
    private static final List<String> NEEDED = List.of("applied", "limits", "cluster_format");

    private Salvage() {}

    /**
     * Reads what can be read; the damaged file stays as it is.
     *
     * @param copy must not exist; of the same format
     * @return what is to be said of each table that could not be read as a whole
     * @throws IOException if a store can't be made of what can be read
     */
    public static List<String> copy(Path damaged, Path copy) throws IOException {
        DatabaseFiles.createPrivate(copy);
        try (Sql from = Database.inspect(damaged);
                Sql to = Database.connect(copy, Durability.EVERY_COMMIT)) {
            withoutLog(to);
            to.beginWrite();
            List<String> tables = schema(from, to);
            List<String> unread = new ArrayList<>();
            for (String table : tables) {
                String lost = read(from, to, table);
                if (lost != null) {
                    unread.add(lost);
                }
            }
            requireNeeded(damaged, to, tables);
            to.commit();
            return unread;
        } catch (SqliteException | IllegalStateException unreadable) {
            throw new IOException(
                    "too little can be read of %s: %s".formatted(damaged, unreadable.getMessage()),
                    unreadable);
        }
    }

    /** With a log beside it, a disk that is full when that is emptied would not be noticed. */
    private static void withoutLog(Sql to) {
        String mode = to.first("PRAGMA journal_mode = DELETE", row -> row.text(1)).orElse("");
        if (!mode.equals("delete")) {
            throw new IllegalStateException("its copy keeps a log: " + mode);
        }
    }

    /** Tables and indexes as they are in the damaged file, which names them in its first pages. */
    private static List<String> schema(Sql from, Sql to) {
        String made = "FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%'";
        from.all("SELECT sql " + made + " ESCAPE '\\' ORDER BY rowid", row -> row.text(1))
                .forEach(statement -> to.update(statement));
        for (String pragma : List.of("application_id", "user_version")) {
            to.update("PRAGMA " + pragma + " = " + from.number("PRAGMA " + pragma));
        }
        return from.all(
                "SELECT name " + made + " ESCAPE '\\' AND type = 'table' ORDER BY name",
                row -> row.text(1));
    }

    /** Null if all of the table was read. */
    private static @Nullable String read(Sql from, Sql to, String table) {
        Rows rows = new Rows(to, table, "");
        String all = "SELECT * FROM " + table + " NOT INDEXED";
        boolean whole = readable(from, all, rows);
        long unfit = rows.unfit;
        if (!whole) {
            // One that was read before stays as it was.
            Rows others = new Rows(to, table, " ON CONFLICT DO NOTHING");
            boolean _ = readable(from, all + " ORDER BY " + backwards(from, table), others);
            unfit += others.unfit;
        }
        if (whole && unfit == 0) {
            return null;
        }
        long left = to.number("SELECT count(*) FROM " + table);
        String read = "of table %s %d rows can be read".formatted(table, left);
        return unfit == 0 ? read : "%s, %d that do not fit are left out".formatted(read, unfit);
    }

    /** The order in which the table lies in its file, from its end. */
    private static String backwards(Sql from, String table) {
        return from
                .all(
                        "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk",
                        row -> row.text(1),
                        table)
                .stream()
                .map(column -> column + " DESC")
                .collect(Collectors.joining(", "));
    }

    /** Whether all rows of a query can be read. */
    private static boolean readable(Sql from, String query, Rows rows) {
        try {
            from.each(query, rows);
            return true;
        } catch (SqliteException unreadable) {
            if (rows.failure != null) {
                throw rows.failure;
            }
            return false;
        }
    }

    private static void requireNeeded(Path damaged, Sql to, List<String> tables)
            throws IOException {
        for (String table : NEEDED) {
            if (tables.contains(table) && to.number("SELECT count(*) FROM " + table) != 1) {
                throw new IOException(
                        "the row of table " + table + " in " + damaged + " can't be read");
            }
        }
    }

    /** Takes rows over, and counts those that the table refuses. */
    private static final class Rows implements Sql.RowVisitor {
        private final Sql to;
        private final String insert;
        private final int columns;
        private long unfit;
        private @Nullable SqliteException failure;

        Rows(Sql to, String table, String conflict) {
            this.to = to;
            this.columns = (int) to.number("SELECT count(*) FROM pragma_table_info(?)", table);
            String marks = String.join(", ", Collections.nCopies(columns, "?"));
            this.insert = "INSERT INTO " + table + " VALUES (" + marks + ")" + conflict;
        }

        @Override
        public void visit(Cursor row) {
            @Nullable Object[] values = new @Nullable Object[columns];
            for (int column = 0; column < columns; column++) {
                values[column] = row.value(column + 1);
            }
            try {
                to.update(insert, values);
            } catch (IllegalArgumentException unfitting) {
                // A fraction: no column holds one.
                unfit++;
            } catch (SqliteException e) {
                if (!e.ofTheData()) {
                    failure = e;
                    throw e;
                }
                unfit++;
            }
        }
    }
}
