package io.miroir.store.feature;

import io.miroir.proto.store.Feature;
import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link FeatureRow} travels and is stored. */
final class FeatureTable implements TableSpec<String, FeatureRow> {
    @Override
    public String table() {
        return FeatureSwitches.TABLE;
    }

    @Override
    public int number() {
        return PutRow.FEATURE_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of("name", "is_on", "updated_at");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return FeatureSwitches.ROWS_MAX;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(FeatureRow row) {
        return PutRow.newBuilder()
                .setFeature(Feature.newBuilder().setName(row.name()).setOn(row.on()))
                .build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        Feature words = put.getFeature();
        return new @Nullable Object[] {words.getName(), words.getOn(), now};
    }

    @Override
    public FeatureRow read(Cursor row) {
        return new FeatureRow(row.text(1), row.integer(2) != 0, row.number(3));
    }
}
