package io.miroir.store.cdc;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.AddOverflow;
import io.miroir.proto.store.CdcCursor;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.ForgetSink;
import io.miroir.proto.store.LoseOverflow;
import io.miroir.proto.store.Outcome;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** {@link CdcCursors} over commands and SQL; {@link Overflow} beside it. */
public final class CdcRoom implements CdcCursors {
    private final Proposer proposer;
    private final Reads reads;

    public CdcRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<Move> advance(String sinkName, String indexUid, long expectedSeq, long seq) {
        if (expectedSeq < 0 || seq <= expectedSeq) {
            throw new IllegalArgumentException("from " + expectedSeq + " to " + seq);
        }
        return move(cursor(sinkName, indexUid, seq).setExpectedSeq(expectedSeq));
    }

    @Override
    public Reply<Move> set(String sinkName, String indexUid, long seq) {
        return move(cursor(sinkName, indexUid, seq));
    }

    @Override
    public Reply<Long> forget(String sinkName) {
        return proposer.propose(
                Command.newBuilder().setForgetSink(ForgetSink.newBuilder().setSinkName(sinkName)),
                Outcome::getCount);
    }

    @Override
    public Optional<CdcCursorRow> get(ReadLevel level, String sinkName, String indexUid) {
        return reads.point(level, sql -> CdcReads.cursor(sql, sinkName, indexUid));
    }

    @Override
    public List<CdcCursorRow> of(ReadLevel level, String sinkName) {
        return reads.scan(level, sql -> CdcReads.cursors(sql, sinkName));
    }

    private static CdcCursor.Builder cursor(String sinkName, String indexUid, long seq) {
        return CdcCursor.newBuilder().setSinkName(sinkName).setIndexUid(indexUid).setSeq(seq);
    }

    private Reply<Move> move(CdcCursor.Builder move) {
        return proposer.propose(
                Command.newBuilder().setMoveCursor(move),
                outcome ->
                        switch (outcome.getKindCase()) {
                            case VERSION -> new Move.Moved(outcome.getVersion());
                            case CHANGED -> new Move.Changed(outcome.getChanged());
                            case FULL -> new Move.Full(outcome.getFull().getRowsMax());
                            default -> throw Proposer.unexpected(outcome);
                        });
    }

    /** {@link CdcOverflow} over commands and SQL. */
    public static final class Overflow implements CdcOverflow {
        private final Proposer proposer;
        private final Reads reads;

        public Overflow(Proposer proposer, Reads reads) {
            this.proposer = proposer;
            this.reads = reads;
        }

        @Override
        public Reply<Adding> add(CdcSegmentRow segment) {
            if (segment.firstSeq() > segment.lastSeq() || segment.bytes() < 1) {
                throw new IllegalArgumentException("a segment without events: " + segment);
            }
            AddOverflow.Builder add =
                    AddOverflow.newBuilder()
                            .setSinkName(segment.sinkName())
                            .setIndexUid(segment.indexUid())
                            .setFirstSeq(segment.firstSeq())
                            .setLastSeq(segment.lastSeq())
                            .setBytes(segment.bytes())
                            .setSha256(
                                    ByteString.copyFrom(HexFormat.of().parseHex(segment.sha256())))
                            .addAllPodId(segment.pods());
            return proposer.propose(
                    Command.newBuilder().setAddOverflow(add),
                    outcome ->
                            switch (outcome.getKindCase()) {
                                case COUNT -> new Adding.Added(outcome.getCount());
                                case NOTHING -> new Adding.Delivered();
                                case FULL -> new Adding.Full(outcome.getFull().getWhat());
                                default -> throw Proposer.unexpected(outcome);
                            });
        }

        @Override
        public Reply<Boolean> lose(String sinkName, String indexUid, long firstSeq) {
            LoseOverflow.Builder lose =
                    LoseOverflow.newBuilder()
                            .setSinkName(sinkName)
                            .setIndexUid(indexUid)
                            .setFirstSeq(firstSeq);
            return proposer.propose(
                    Command.newBuilder().setLoseOverflow(lose), Outcome::getExisted);
        }

        @Override
        public List<CdcSegmentRow> of(ReadLevel level, String sinkName) {
            return reads.scan(level, sql -> CdcReads.segments(sql, sinkName));
        }

        @Override
        public Optional<CdcSinkRow> sink(ReadLevel level, String sinkName) {
            return reads.point(level, sql -> CdcReads.sink(sql, sinkName));
        }
    }
}
