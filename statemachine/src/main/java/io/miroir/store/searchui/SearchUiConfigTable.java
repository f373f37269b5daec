package io.miroir.store.searchui;

import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.SearchUiConfig;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link SearchUiConfigRow} travels and is stored. */
final class SearchUiConfigTable implements TableSpec<String, SearchUiConfigRow> {
    @Override
    public String table() {
        return "search_ui_config";
    }

    @Override
    public int number() {
        return PutRow.SEARCH_UI_CONFIG_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of("index_uid", "config_json", "updated_at");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return SearchUiConfigs.ROWS_MAX;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(SearchUiConfigRow row) {
        SearchUiConfig.Builder words =
                SearchUiConfig.newBuilder()
                        .setIndexUid(row.indexUid())
                        .setConfigJson(row.configJson());

        return PutRow.newBuilder().setSearchUiConfig(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        SearchUiConfig words = put.getSearchUiConfig();
        return new @Nullable Object[] {words.getIndexUid(), words.getConfigJson(), now};
    }

    @Override
    public SearchUiConfigRow read(Cursor row) {
        return new SearchUiConfigRow(row.text(1), row.text(2), row.number(3));
    }
}
