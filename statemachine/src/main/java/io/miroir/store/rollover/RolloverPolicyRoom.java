package io.miroir.store.rollover;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link RolloverPolicies} over commands and SQL. */
public final class RolloverPolicyRoom extends KeyedRoom<String, RolloverPolicyRow>
        implements RolloverPolicies {
    public static final KeyedTable<String, RolloverPolicyRow> TABLE =
            new KeyedTable<>(new RolloverPolicyTable());

    public RolloverPolicyRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
