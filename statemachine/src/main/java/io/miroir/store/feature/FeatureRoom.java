package io.miroir.store.feature;

import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;

/** {@link FeatureSwitches} over commands and SQL. */
public final class FeatureRoom extends KeyedRoom<String, FeatureRow> implements FeatureSwitches {
    public static final KeyedTable<String, FeatureRow> TABLE = new KeyedTable<>(new FeatureTable());

    public FeatureRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
    }
}
