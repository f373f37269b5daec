package io.miroir.store.engine;

import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import io.miroir.store.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Digests of all tables, whatever tables there are. */
public final class DigestReads {
    private static final int ROWS_BETWEEN = 4_096;

    private DigestReads() {}

    /** All statements must see one state. */
    public static Digests digests(Sql sql) {
        return digests(sql, () -> {});
    }

    /**
     * The same.
     *
     * @param meanwhile called before each table and after some thousand rows each time; may throw
     *     to end it
     */
    public static Digests digests(Sql sql, Runnable meanwhile) {
        LongConsumer counted =
                count -> {
                    if (count % ROWS_BETWEEN == 0) {
                        meanwhile.run();
                    }
                };
        SortedMap<String, String> byTable = new TreeMap<>();
        for (String table : tables(sql)) {
            meanwhile.run();
            byTable.put(table, digest(sql, table, counted));
        }
        return new Digests(Applied.load(sql).index(), byTable);
    }

    /** Names of all tables. */
    static List<String> tables(Sql sql) {
        return sql.all(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE"
                        + " 'sqlite_%' ORDER BY name",
                row -> row.text(1));
    }

    private static String digest(Sql sql, String table, LongConsumer counted) {
        MessageDigest digest = sha256();
        List<String> key =
                sql.all(
                        "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk",
                        row -> row.text(1),
                        table);
        AtomicLong rows = new AtomicLong();
        sql.each(
                "SELECT * FROM " + table + " ORDER BY " + String.join(", ", key),
                row -> {
                    add(digest, row);
                    counted.accept(rows.incrementAndGet());
                });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, Cursor row) {
        int columns = row.columns();
        for (int column = 1; column <= columns; column++) {
            add(digest, row.value(column));
        }
    }

    /** Each value with its type and length before it, so that no two rows run into each other. */
    private static void add(MessageDigest digest, @Nullable Object value) {
        switch (value) {
            case null -> digest.update((byte) 0);
            case Long number -> {
                digest.update((byte) 1);
                digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
            }
            case String text -> addBytes(digest, (byte) 2, text.getBytes(StandardCharsets.UTF_8));
            case byte[] blob -> addBytes(digest, (byte) 3, blob);
            default -> throw new IllegalStateException("no column type for " + value.getClass());
        }
    }

    private static void addBytes(MessageDigest digest, byte type, byte[] bytes) {
        digest.update(type);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
