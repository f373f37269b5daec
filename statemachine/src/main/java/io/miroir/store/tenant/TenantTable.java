package io.miroir.store.tenant;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.Tenant;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link TenantRow} travels and is stored. */
final class TenantTable implements TableSpec<String, TenantRow> {
    @Override
    public String table() {
        return "tenant_map";
    }

    @Override
    public int number() {
        return PutRow.TENANT_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of("api_key_hash", "tenant_id", "group_id");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public Class<?> keyType() {
        return byte[].class;
    }

    @Override
    public int rowsMax() {
        return Tenants.ROWS_MAX;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(HexFormat.of().parseHex(key));
    }

    @Override
    public PutRow put(TenantRow row) {
        Tenant.Builder words =
                Tenant.newBuilder()
                        .setApiKeySha256(
                                ByteString.copyFrom(HexFormat.of().parseHex(row.apiKeySha256())))
                        .setTenantId(row.tenantId());
        if (row.groupId() != null) {
            words.setGroupId(row.groupId());
        }
        return PutRow.newBuilder().setTenant(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        Tenant words = put.getTenant();
        return new @Nullable Object[] {
            words.getApiKeySha256().toByteArray(),
            words.getTenantId(),
            words.hasGroupId() ? words.getGroupId() : null
        };
    }

    @Override
    public TenantRow read(Cursor row) {
        return new TenantRow(
                HexFormat.of().formatHex(row.blob(1)), row.text(2), row.integerOrNull(3));
    }
}
