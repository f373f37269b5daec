package io.miroir.store.lease;

import io.miroir.proto.store.Lease;
import io.miroir.proto.store.PutRow;
import io.miroir.sqlite.Cursor;
import io.miroir.store.table.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@link LeaseRow} travels and is stored. */
final class LeaseTable implements TableSpec<String, LeaseRow> {
    @Override
    public String table() {
        return "leader_lease";
    }

    @Override
    public int number() {
        return PutRow.LEASE_FIELD_NUMBER;
    }

    @Override
    public List<String> columns() {
        return List.of("scope", "holder", "term", "phase_json", "updated_at");
    }

    @Override
    public int keyColumns() {
        return 1;
    }

    @Override
    public int rowsMax() {
        return Leases.ROWS_MAX;
    }

    @Override
    public List<Object> key(String key) {
        return List.of(key);
    }

    @Override
    public PutRow put(LeaseRow row) {
        Lease.Builder words =
                Lease.newBuilder()
                        .setScope(row.scope())
                        .setHolder(row.holder())
                        .setTerm(row.term())
                        .setPhaseJson(row.phaseJson());

        return PutRow.newBuilder().setLease(words).build();
    }

    @Override
    public @Nullable Object[] values(PutRow put, long now) {
        Lease words = put.getLease();
        return new @Nullable Object[] {
            words.getScope(), words.getHolder(), words.getTerm(), words.getPhaseJson(), now
        };
    }

    @Override
    public LeaseRow read(Cursor row) {
        return new LeaseRow(row.text(1), row.text(2), row.number(3), row.text(4), row.number(5));
    }
}
