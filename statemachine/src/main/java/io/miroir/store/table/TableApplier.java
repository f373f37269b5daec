package io.miroir.store.table;

import io.miroir.proto.store.DeleteRow;
import io.miroir.proto.store.KeyPart;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.store.adminsession.AdminSessionRoom;
import io.miroir.store.apikey.ApiKeyRoom;
import io.miroir.store.canary.CanaryRoom;
import io.miroir.store.clientobject.ClientObjectRoom;
import io.miroir.store.engine.NewerFormatException;
import io.miroir.store.engine.Write;
import io.miroir.store.feature.FeatureRoom;
import io.miroir.store.rollover.RolloverPolicyRoom;
import io.miroir.store.searchui.SearchUiConfigRoom;
import io.miroir.store.tenant.TenantRoom;
import io.miroir.store.webhook.WebhookRoom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the keyed tables. */
public final class TableApplier {
    private TableApplier() {}

    public static Outcome put(Write write, PutRow row) {
        return table(row.getRowCase()).put(write, row);
    }

    /** Why no row can be put in this way; null if one can. */
    public static @Nullable String refusal(PutRow row) {
        KeyedTable<?, ?> table = table(row.getRowCase());
        return row.hasExpectedUpdatedAtMicros() && !table.knowsUpdates()
                ? table.spec().table() + " does not know when its rows were changed"
                : null;
    }

    /** Why no row can be meant; null if one can. */
    public static @Nullable String refusal(DeleteRow command) {
        PutRow.RowCase row = PutRow.RowCase.forNumber(command.getTable());
        if (row == null || row == PutRow.RowCase.ROW_NOT_SET) {
            return "no table " + command.getTable();
        }
        KeyedTable<?, ?> table = table(row);
        return table.isKey(key(command)) ? null : "no key of " + table.spec().table();
    }

    public static Outcome delete(Write write, DeleteRow command) {
        List<Object> key = key(command);
        PutRow.RowCase row = PutRow.RowCase.forNumber(command.getTable());
        if (row == null) {
            throw newer();
        }
        return table(row).delete(write, key);
    }

    private static List<Object> key(DeleteRow command) {
        List<Object> key = new ArrayList<>();
        for (KeyPart part : command.getKeyList()) {
            key.add(
                    switch (part.getPartCase()) {
                        case TEXT -> part.getText();
                        case NUMBER -> part.getNumber();
                        case BLOB -> part.getBlob().toByteArray();
                        case PART_NOT_SET -> throw newer();
                    });
        }
        return key;
    }

    private static KeyedTable<?, ?> table(PutRow.RowCase row) {
        return switch (row) {
            case API_KEY -> ApiKeyRoom.TABLE;
            case CANARY -> CanaryRoom.TABLE;
            case TENANT -> TenantRoom.TABLE;
            case ROLLOVER_POLICY -> RolloverPolicyRoom.TABLE;
            case SEARCH_UI_CONFIG -> SearchUiConfigRoom.TABLE;
            case ADMIN_SESSION -> AdminSessionRoom.TABLE;
            case WEBHOOK -> WebhookRoom.TABLE;
            case FEATURE -> FeatureRoom.TABLE;
            case CLIENT_OBJECT -> ClientObjectRoom.TABLE;
            case ROW_NOT_SET -> throw newer();
        };
    }

    private static NewerFormatException newer() {
        return new NewerFormatException("a row");
    }
}
