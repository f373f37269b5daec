package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.cdc.CdcCursorRow;
import io.miroir.store.cdc.CdcCursors;
import java.util.List;
import java.util.Optional;

/** {@code miroir:cdc_cursors:<sink>:<index>} hashes; no name has a colon. */
record RedisCdcCursors(RedisPipeline writes, RedisPipeline reads) implements CdcCursors {
    private static final String CURSORS = "miroir:cdc_cursors:";

    @Override
    public Reply<Move> advance(String sinkName, String indexUid, long expectedSeq, long seq) {
        return move(sinkName, indexUid, expectedSeq, seq);
    }

    @Override
    public Reply<Move> set(String sinkName, String indexUid, long seq) {
        return move(sinkName, indexUid, "", seq);
    }

    private Reply<Move> move(String sinkName, String indexUid, Object expected, long seq) {
        return writes.write(
                RedisAnswer.doneOr(Move.Moved::new, Move.Changed::new),
                RedisScript.CDC,
                "move",
                sinkName,
                indexUid,
                expected,
                seq);
    }

    @Override
    public Reply<Long> forget(String sinkName) {
        return writes.write(RedisAnswer::number, RedisScript.CDC, "forget", sinkName);
    }

    @Override
    public Optional<CdcCursorRow> get(ReadLevel level, String sinkName, String indexUid) {
        return reads.hash(CURSORS + sinkName + ":" + indexUid)
                .row(
                        hash ->
                                new CdcCursorRow(
                                        sinkName,
                                        indexUid,
                                        hash.number("last_event_seq"),
                                        hash.number("updated_at")));
    }

    @Override
    public List<CdcCursorRow> of(ReadLevel level, String sinkName) {
        return reads.rows(CURSORS + "_index", sinkName + ":", index -> get(level, sinkName, index))
                .toList();
    }
}
