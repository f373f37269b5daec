package io.miroir.store.index;

import io.miroir.store.ReadLevel;
import io.miroir.store.engine.Reads;
import java.util.List;
import java.util.Optional;

/** {@link Indexes} over SQL. */
public final class IndexRoom implements Indexes {
    private final Reads reads;

    public IndexRoom(Reads reads) {
        this.reads = reads;
    }

    @Override
    public Optional<IndexRow> get(ReadLevel level, String uid) {
        return reads.point(level, sql -> IndexReads.get(sql, uid));
    }

    @Override
    public List<IndexRow> list(ReadLevel level) {
        return reads.scan(level, IndexReads::list);
    }
}
