package io.miroir.store.cdc;

import io.miroir.proto.store.Strings;
import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import io.miroir.store.engine.Stored;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Reads cursors and what waits. */
final class CdcReads {
    private static final String CURSOR =
            "SELECT sink_name, index_uid, last_event_seq, updated_at FROM cdc_cursors";
    private static final String SEGMENT =
            "SELECT sink_name, index_uid, first_seq, last_seq, bytes, sha256, pods, created_at"
                    + " FROM cdc_overflow";

    private CdcReads() {}

    static Optional<CdcCursorRow> cursor(Sql sql, String sinkName, String indexUid) {
        return sql.first(
                CURSOR + " WHERE sink_name = ? AND index_uid = ?",
                CdcReads::cursor,
                sinkName,
                indexUid);
    }

    static List<CdcCursorRow> cursors(Sql sql, String sinkName) {
        return sql.all(
                CURSOR + " WHERE sink_name = ? ORDER BY index_uid", CdcReads::cursor, sinkName);
    }

    static Optional<CdcSegmentRow> segment(
            Sql sql, String sinkName, String indexUid, long firstSeq) {
        return sql.first(
                SEGMENT + " WHERE sink_name = ? AND index_uid = ? AND first_seq = ?",
                CdcReads::segment,
                sinkName,
                indexUid,
                firstSeq);
    }

    static List<CdcSegmentRow> segments(Sql sql, String sinkName) {
        return sql.all(
                SEGMENT + " WHERE sink_name = ? ORDER BY index_uid, first_seq",
                CdcReads::segment,
                sinkName);
    }

    static Optional<CdcSinkRow> sink(Sql sql, String sinkName) {
        return sql.first(
                "SELECT sink_name, bytes, lost_events, lost_bytes FROM cdc_sinks"
                        + " WHERE sink_name = ?",
                row -> new CdcSinkRow(row.text(1), row.number(2), row.number(3), row.number(4)),
                sinkName);
    }

    private static CdcCursorRow cursor(Cursor row) {
        return new CdcCursorRow(row.text(1), row.text(2), row.number(3), row.number(4));
    }

    private static CdcSegmentRow segment(Cursor row) {
        return new CdcSegmentRow(
                row.text(1),
                row.text(2),
                row.number(3),
                row.number(4),
                row.number(5),
                HexFormat.of().formatHex(row.blob(6)),
                List.copyOf(Stored.parse(Strings.parser(), row.blob(7)).getValueList()),
                row.number(8));
    }
}
