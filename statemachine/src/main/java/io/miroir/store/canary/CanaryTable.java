package io.miroir.store.canary;

import io.miroir.proto.store.Canary;
import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Cursor;
import io.miroir.store.engine.Write;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link CanaryRow} travels and is stored. */
final class CanaryTable implements TableSpec<String, CanaryRow> {
    @Override
    public String table() {
        return "canaries";
    }

    @Override
    public int number() {
        return PutRow.CANARY_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of(
                "id",
                "name",
                "index_uid",
                "interval_s",
                "query_json",
                "assertions_json",
                "enabled",
                "created_at");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return Canaries.ROWS_MAX;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(CanaryRow row) {
        Canary.Builder words =
                Canary.newBuilder()
                        .setId(row.id())
                        .setName(row.name())
                        .setIndexUid(row.indexUid())
                        .setIntervalSeconds(row.intervalSeconds())
                        .setQueryJson(row.queryJson())
                        .setAssertionsJson(row.assertionsJson())
                        .setEnabled(row.enabled());

        return PutRow.newBuilder().setCanary(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        Canary words = put.getCanary();
        return new @Nullable Object[] {
            words.getId(),
            words.getName(),
            words.getIndexUid(),
            words.getIntervalSeconds(),
            words.getQueryJson(),
            words.getAssertionsJson(),
            words.getEnabled(),
            now
        };
    }

    @Override
    public void afterDelete(Write write, List<Object> key) {
        write.sql().update("DELETE FROM canary_runs WHERE canary_id = ?", key.getFirst());
    }

    @Override
    public CanaryRow read(Cursor row) {
        return new CanaryRow(
                row.text(1),
                row.text(2),
                row.text(3),
                row.integer(4),
                row.text(5),
                row.text(6),
                row.number(7) != 0,
                row.number(8));
    }
}
