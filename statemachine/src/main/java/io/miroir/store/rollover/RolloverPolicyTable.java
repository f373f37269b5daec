package io.miroir.store.rollover;

import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.RolloverPolicy;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link RolloverPolicyRow} travels and is stored. */
final class RolloverPolicyTable implements TableSpec<String, RolloverPolicyRow> {
    @Override
    public String table() {
        return "rollover_policies";
    }

    @Override
    public int number() {
        return PutRow.ROLLOVER_POLICY_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of(
                "name",
                "write_alias",
                "read_alias",
                "pattern",
                "triggers_json",
                "retention_json",
                "template_json",
                "enabled");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return RolloverPolicies.ROWS_MAX;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(RolloverPolicyRow row) {
        RolloverPolicy.Builder words =
                RolloverPolicy.newBuilder()
                        .setName(row.name())
                        .setWriteAlias(row.writeAlias())
                        .setReadAlias(row.readAlias())
                        .setPattern(row.pattern())
                        .setTriggersJson(row.triggersJson())
                        .setRetentionJson(row.retentionJson())
                        .setTemplateJson(row.templateJson())
                        .setEnabled(row.enabled());

        return PutRow.newBuilder().setRolloverPolicy(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        RolloverPolicy words = put.getRolloverPolicy();
        return new @Nullable Object[] {
            words.getName(),
            words.getWriteAlias(),
            words.getReadAlias(),
            words.getPattern(),
            words.getTriggersJson(),
            words.getRetentionJson(),
            words.getTemplateJson(),
            words.getEnabled()
        };
    }

    @Override
    public RolloverPolicyRow read(Cursor row) {
        return new RolloverPolicyRow(
                row.text(1),
                row.text(2),
                row.text(3),
                row.text(4),
                row.text(5),
                row.text(6),
                row.text(7),
                row.number(8) != 0);
    }
}
