package io.miroir.store.lane;

import io.miroir.proto.store.Targets;
import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import io.miroir.store.engine.Stored;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Reads lanes and intents. */
final class LaneReads {
    private static final String LANE =
            "SELECT lane, owner, epoch, next_position, claimed_at FROM lanes";
    private static final String INTENT =
            "SELECT lane, position, epoch, kind, index_uid, body_sha256, idempotency_key,"
                    + " idempotency_ttl_micros, session_id, incarnation, targets, created_at"
                    + " FROM intents";

    private LaneReads() {}

    static Optional<LaneRow> get(Sql sql, String lane) {
        return sql.first(LANE + " WHERE lane = ?", LaneReads::lane, lane);
    }

    static List<LaneRow> list(Sql sql) {
        return sql.all(LANE + " ORDER BY lane", LaneReads::lane);
    }

    static Optional<IntentRow> intent(Sql sql, String lane, long position) {
        return sql.first(
                INTENT + " WHERE lane = ? AND position = ?", LaneReads::intent, lane, position);
    }

    static List<IntentRow> openIntents(Sql sql, String lane) {
        return sql.all(INTENT + " WHERE lane = ? ORDER BY position", LaneReads::intent, lane);
    }

    static boolean barred(Sql sql, String lane) {
        return sql.first(
                        "SELECT 1 FROM task_names WHERE index_uid = ? AND waits = 1",
                        row -> true,
                        lane)
                .isPresent();
    }

    private static LaneRow lane(Cursor row) {
        return new LaneRow(row.text(1), row.text(2), row.number(3), row.number(4), row.number(5));
    }

    private static IntentRow intent(Cursor row) {
        Targets targets = Stored.parse(Targets.parser(), row.blob(11));
        return new IntentRow(
                row.text(1),
                row.number(2),
                row.number(3),
                row.text(4),
                row.text(5),
                HexFormat.of().formatHex(row.blob(6)),
                row.textOrNull(7),
                row.number(8),
                row.textOrNull(9),
                row.number(10),
                targets.getNodeIdList(),
                targets.getShardList(),
                targets.hasPrimaryKey() ? targets.getPrimaryKey() : null,
                row.number(12));
    }
}
