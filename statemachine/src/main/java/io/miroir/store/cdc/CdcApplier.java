package io.miroir.store.cdc;

import io.miroir.proto.store.AddOverflow;
import io.miroir.proto.store.CdcCursor;
import io.miroir.proto.store.ForgetSink;
import io.miroir.proto.store.LoseOverflow;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.Strings;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import java.util.Optional;

/** Writes cursors and what waits. */
public final class CdcApplier {
    private static final String CURSORS = "cdc_cursors";
    private static final String SEGMENTS = "cdc_overflow";
    private static final String SINKS = "cdc_sinks";

    private CdcApplier() {}

    public static Outcome move(Write write, CdcCursor command) {
        String sink = command.getSinkName();
        String index = command.getIndexUid();
        Optional<CdcCursorRow> old = CdcReads.cursor(write.sql(), sink, index);
        long seq = old.map(CdcCursorRow::lastEventSeq).orElse(0L);
        boolean elsewhere =
                command.hasExpectedSeq()
                        && (command.getExpectedSeq() != seq || command.getSeq() < seq);
        if (elsewhere) {
            return Outcomes.changed(seq);
        }
        if (old.isEmpty() && write.rows(CURSORS) >= CdcCursors.ROWS_MAX) {
            return Outcomes.full(CURSORS, CdcCursors.ROWS_MAX);
        }
        write.sql()
                .update(
                        "INSERT OR REPLACE INTO cdc_cursors (sink_name, index_uid, last_event_seq,"
                                + " updated_at) VALUES (?, ?, ?, ?)",
                        sink,
                        index,
                        command.getSeq(),
                        write.now());
        write.rowsChanged(CURSORS, old.isEmpty() ? 1 : 0);
        dropDelivered(write, sink, index, command.getSeq());
        write.changed(new Change.RowChanged(CURSORS, sink + "/" + index));
        return Outcomes.version(command.getSeq());
    }

    public static Outcome add(Write write, AddOverflow command) {
        if (command.getBytes() < 0) {
            // Sums of it would overflow, and such a statement fails as a disk does.
            throw new IllegalArgumentException("a segment below 0 bytes");
        }
        String sink = command.getSinkName();
        String index = command.getIndexUid();
        long delivered =
                CdcReads.cursor(write.sql(), sink, index)
                        .map(CdcCursorRow::lastEventSeq)
                        .orElse(0L);
        if (command.getLastSeq() <= delivered) {
            return Outcomes.NOTHING;
        }
        Optional<CdcSinkRow> old = CdcReads.sink(write.sql(), sink);
        long waiting = old.map(CdcSinkRow::bytes).orElse(0L);
        boolean known =
                CdcReads.segment(write.sql(), sink, index, command.getFirstSeq()).isPresent();
        if (known) {
            return Outcomes.count(waiting);
        }
        if (waiting + command.getBytes() > write.limits().cdcOverflowBytesMax()) {
            return Outcomes.full("bytes of the sink", 0);
        }
        if (write.rows(SEGMENTS) >= CdcOverflow.SEGMENTS_MAX) {
            return Outcomes.full("segments", CdcOverflow.SEGMENTS_MAX);
        }
        if (old.isEmpty() && write.rows(SINKS) >= CdcOverflow.SINKS_MAX) {
            return Outcomes.full("sinks", CdcOverflow.SINKS_MAX);
        }
        insert(write, command);
        account(write, sink, command.getBytes(), 0, 0);
        return Outcomes.count(waiting + command.getBytes());
    }

    public static Outcome lose(Write write, LoseOverflow command) {
        Optional<CdcSegmentRow> found =
                CdcReads.segment(
                        write.sql(),
                        command.getSinkName(),
                        command.getIndexUid(),
                        command.getFirstSeq());
        if (found.isEmpty()) {
            return Outcomes.existed(false);
        }
        CdcSegmentRow segment = found.get();
        write.sql()
                .update(
                        "DELETE FROM cdc_overflow WHERE sink_name = ? AND index_uid = ?"
                                + " AND first_seq = ?",
                        segment.sinkName(),
                        segment.indexUid(),
                        segment.firstSeq());
        write.rowsChanged(SEGMENTS, -1);
        account(
                write,
                segment.sinkName(),
                -segment.bytes(),
                segment.lastSeq() - segment.firstSeq() + 1,
                segment.bytes());
        return Outcomes.existed(true);
    }

    public static Outcome forget(Write write, ForgetSink command) {
        String sink = command.getSinkName();
        int cursors = write.sql().update("DELETE FROM cdc_cursors WHERE sink_name = ?", sink);
        write.rowsChanged(CURSORS, -cursors);
        write.rowsChanged(
                SEGMENTS,
                -write.sql().update("DELETE FROM cdc_overflow WHERE sink_name = ?", sink));
        write.rowsChanged(
                SINKS, -write.sql().update("DELETE FROM cdc_sinks WHERE sink_name = ?", sink));
        write.changed(new Change.RowChanged(SINKS, sink));
        return Outcomes.count(cursors);
    }

    private static void insert(Write write, AddOverflow segment) {
        write.sql()
                .update(
                        "INSERT INTO cdc_overflow (sink_name, index_uid, first_seq, last_seq,"
                                + " bytes, sha256, pods, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        segment.getSinkName(),
                        segment.getIndexUid(),
                        segment.getFirstSeq(),
                        segment.getLastSeq(),
                        segment.getBytes(),
                        segment.getSha256().toByteArray(),
                        Strings.newBuilder()
                                .addAllValue(segment.getPodIdList())
                                .build()
                                .toByteArray(),
                        write.now());
        write.rowsChanged(SEGMENTS, 1);
    }

    private static void dropDelivered(Write write, String sink, String index, long seq) {
        long bytes =
                write.sql()
                        .number(
                                "SELECT ifnull(sum(bytes), 0) FROM cdc_overflow WHERE sink_name = ?"
                                        + " AND index_uid = ? AND last_seq <= ?",
                                sink,
                                index,
                                seq);
        if (bytes == 0) {
            return;
        }
        int gone =
                write.sql()
                        .update(
                                "DELETE FROM cdc_overflow WHERE sink_name = ? AND index_uid = ?"
                                        + " AND last_seq <= ?",
                                sink,
                                index,
                                seq);
        write.rowsChanged(SEGMENTS, -gone);
        account(write, sink, -bytes, 0, 0);
    }

    private static void account(
            Write write, String sink, long bytes, long lostEvents, long lostBytes) {
        boolean isNew = CdcReads.sink(write.sql(), sink).isEmpty();
        write.sql()
                .update(
                        "INSERT INTO cdc_sinks (sink_name, bytes, lost_events, lost_bytes)"
                                + " VALUES (?, ?, ?, ?) ON CONFLICT (sink_name) DO UPDATE SET"
                                + " bytes = bytes + excluded.bytes, lost_events = lost_events"
                                + " + excluded.lost_events, lost_bytes = lost_bytes"
                                + " + excluded.lost_bytes",
                        sink,
                        bytes,
                        lostEvents,
                        lostBytes);
        write.rowsChanged(SINKS, isNew ? 1 : 0);
        write.changed(new Change.RowChanged(SINKS, sink));
    }
}
