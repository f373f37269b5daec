package io.miroir.store.table;

import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Cursor;
import io.miroir.store.Change;
import io.miroir.store.engine.Write;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one room's row travels and is stored.
 *
 * @param <K> key
 * @param <R> row
 */
public interface TableSpec<K, R> {

    /** The table's name. */
    String table();

    /** Field number of the row in {@code PutRow}. */
    int number();

    /** All columns, the key's first. A column {@code created_at} keeps its first value. */
    List<String> columns();

    /** How many of the columns are the key. */
    int keyColumns();

    /** What the key's columns are: String or byte[]. */
    default Class<?> keyType() {
        return String.class;
    }

    int rowsMax();

    /** Whether puts remove rows whose column {@code expires_at} has passed. */
    default boolean expires() {
        return false;
    }

    /**
     * Whether reads may still see the row.
     *
     * @param now store time
     */
    default boolean living(R row, long now) {
        return true;
    }

    /** The key's columns, each a {@link #keyType}. */
    List<Object> key(K key);

    /** The row as the log holds it. */
    PutRow put(R row);

    /**
     * All columns' values.
     *
     * @param now what the store stamps
     */
    @Nullable Object[] values(PutRow put, long now);

    R read(Cursor row);

    /** How a put changes a column of a row that is there. */
    default String replacement(String column) {
        return "excluded." + column;
    }

    /** What a delete must do besides, for example forget what belonged to the row. */
    default void afterDelete(Write write, List<Object> key) {}

    /** What watchers hear. */
    default Change change(Write write, List<Object> key) {
        return new Change.RowChanged(table(), KeyedTable.printed(key));
    }
}
