package io.miroir.store.index;

import io.miroir.store.ReadLevel;
import io.miroir.store.engine.Reads;
import io.miroir.store.seal.Seals;
import java.util.List;
import java.util.Optional;

/** {@link Indexes} over SQL. */
public final class IndexRoom implements Indexes {
    private final Reads reads;
    private final Seals seals;

    public IndexRoom(Reads reads, Seals seals) {
        this.reads = reads;
        this.seals = seals;
    }

    @Override
    public Optional<IndexRow> get(ReadLevel level, String uid) {
        return reads.point(level, sql -> IndexReads.get(sql, uid)).map(row -> row.opened(seals));
    }

    @Override
    public List<IndexRow> list(ReadLevel level) {
        return reads.scan(level, IndexReads::list).stream().map(row -> row.opened(seals)).toList();
    }
}
