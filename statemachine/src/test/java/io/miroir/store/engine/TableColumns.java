package io.miroir.store.engine;

import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Columns of tables, by table: digests of these stay what they were when a format of the database
 * adds others.
 */
record TableColumns(SortedMap<String, List<String>> byTable) {
    private static final String WORD = "columns ";

    /** All that there are. */
    static TableColumns all(Sql sql) {
        SortedMap<String, List<String>> byTable = new TreeMap<>();
        for (String table : DigestReads.tables(sql)) {
            byTable.put(
                    table,
                    sql.all(
                            "SELECT name FROM pragma_table_info(?) ORDER BY cid",
                            row -> row.text(1),
                            table));
        }
        return new TableColumns(byTable);
    }

    /** Those that are named among lines. */
    static TableColumns named(List<String> lines) {
        SortedMap<String, List<String>> byTable = new TreeMap<>();
        for (String line : lines) {
            if (isName(line)) {
                String[] words = line.split(" ", -1);
                byTable.put(words[1], List.of(words[2].split(",", -1)));
            }
        }
        return new TableColumns(byTable);
    }

    /** Whether a line is one of {@link #lines}. */
    static boolean isName(String line) {
        return line.startsWith(WORD);
    }

    /** A line a table. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        byTable.forEach(
                (table, columns) -> lines.add(WORD + table + " " + String.join(",", columns)));
        return lines;
    }

    /** SHA-256 of what is in these columns, by table. */
    SortedMap<String, String> digests(Sql sql) {
        SortedMap<String, String> digests = new TreeMap<>();
        byTable.forEach((table, columns) -> digests.put(table, digest(sql, table, columns)));
        return digests;
    }

    private static String digest(Sql sql, String table, List<String> columns) {
        MessageDigest digest = sha256();
        String order =
                IntStream.rangeClosed(1, columns.size())
                        .mapToObj(String::valueOf)
                        .collect(Collectors.joining(", "));
        sql.each(
                "SELECT "
                        + columns.stream()
                                .map(column -> '"' + column + '"')
                                .collect(Collectors.joining(", "))
                        + " FROM "
                        + table
                        + " ORDER BY "
                        + order,
                row -> digest.update(text(row).getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Each value with its length, so that no two run into each other. */
    private static String text(Cursor row) {
        StringBuilder text = new StringBuilder();
        for (int column = 1; column <= row.columns(); column++) {
            String value = text(row.value(column));
            text.append(value.length()).append(value);
        }
        return text.append('\n').toString();
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> " ";
            case byte[] blob -> " x" + HexFormat.of().formatHex(blob);
            case String words -> " t" + words;
            default -> " n" + value;
        };
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
