package io.miroir.store.scopedkey;

import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.RevokedScopedKey;
import io.miroir.proto.store.RotateScopedKey;
import io.miroir.proto.store.SightScopedKeys;
import io.miroir.proto.store.Sighting;
import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Writes and reads scoped keys. */
public final class ScopedKeyApplier {
    private static final String TABLE = "scoped_keys";
    private static final String SIGHTINGS = "scoped_key_sightings";
    private static final String SELECT =
            "SELECT index_uid, primary_uid, previous_uid, generation, rotated_at FROM scoped_keys";

    private ScopedKeyApplier() {}

    public static Outcome rotate(Write write, RotateScopedKey command) {
        Optional<ScopedKeyRow> old = get(write.sql(), command.getIndexUid());
        long generation = old.map(ScopedKeyRow::generation).orElse(0L);
        if (generation != command.getExpectedGeneration()) {
            return Outcomes.changed(generation);
        }
        if (old.isPresent() && old.get().previousUid() != null) {
            return Outcomes.NOTHING;
        }
        if (old.isEmpty() && write.rows(TABLE) >= ScopedKeys.ROWS_MAX) {
            return Outcomes.full(TABLE, ScopedKeys.ROWS_MAX);
        }
        write.sql()
                .update(
                        "INSERT OR REPLACE INTO scoped_keys (index_uid, primary_uid, previous_uid,"
                                + " generation, rotated_at) VALUES (?, ?, ?, ?, ?)",
                        command.getIndexUid(),
                        command.getNewUid(),
                        old.isEmpty() ? null : old.get().primaryUid(),
                        generation + 1,
                        write.now());
        write.rowsChanged(TABLE, old.isEmpty() ? 1 : 0);
        write.changed(new Change.RowChanged(TABLE, command.getIndexUid()));
        return Outcomes.version(generation + 1);
    }

    public static Outcome sighted(Write write, SightScopedKeys command) {
        int noted = 0;
        for (Sighting sighting : command.getSightingList()) {
            boolean isNew =
                    write.sql()
                            .first(
                                    "SELECT 1 FROM scoped_key_sightings WHERE index_uid = ?"
                                            + " AND pod_id = ?",
                                    _ -> true,
                                    sighting.getIndexUid(),
                                    command.getPodId())
                            .isEmpty();
            if (isNew && write.rows(SIGHTINGS) >= ScopedKeys.SIGHTINGS_MAX) {
                // The gate waits for this pod: nothing is revoked too early.
                continue;
            }
            write.sql()
                    .update(
                            "INSERT OR REPLACE INTO scoped_key_sightings (index_uid, pod_id,"
                                    + " generation, expires_at) VALUES (?, ?, ?, ?)",
                            sighting.getIndexUid(),
                            command.getPodId(),
                            sighting.getGeneration(),
                            write.now() + ScopedKeys.SIGHTING_MICROS);
            write.rowsChanged(SIGHTINGS, isNew ? 1 : 0);
            noted++;
        }
        return Outcomes.count(noted);
    }

    public static Outcome revoked(Write write, RevokedScopedKey command) {
        int changed =
                write.sql()
                        .update(
                                "UPDATE scoped_keys SET previous_uid = NULL WHERE index_uid = ?"
                                        + " AND generation = ? AND previous_uid IS NOT NULL",
                                command.getIndexUid(),
                                command.getGeneration());
        if (changed > 0) {
            write.changed(new Change.RowChanged(TABLE, command.getIndexUid()));
        }
        return Outcomes.existed(changed > 0);
    }

    static Optional<ScopedKeyRow> get(Sql sql, String indexUid) {
        return sql.first(SELECT + " WHERE index_uid = ?", ScopedKeyApplier::row, indexUid);
    }

    static List<ScopedKeyRow> list(Sql sql) {
        return sql.all(SELECT + " ORDER BY index_uid", ScopedKeyApplier::row);
    }

    static ScopedKeys.Gate gate(Sql sql, String indexUid, Set<String> livePods, long now) {
        Optional<ScopedKeyRow> key = get(sql, indexUid);
        String previous = key.map(ScopedKeyRow::previousUid).orElse(null);
        if (key.isEmpty() || previous == null) {
            return new ScopedKeys.Gate.NothingToRevoke();
        }
        Set<String> seen =
                new HashSet<>(
                        sql.all(
                                "SELECT pod_id FROM scoped_key_sightings WHERE index_uid = ?"
                                        + " AND generation >= ? AND expires_at > ?",
                                row -> row.text(1),
                                indexUid,
                                key.get().generation(),
                                now));
        Set<String> waiting = new TreeSet<>(livePods);
        waiting.removeAll(seen);
        return waiting.isEmpty()
                ? new ScopedKeys.Gate.Open(previous, key.get().generation())
                : new ScopedKeys.Gate.WaitingFor(waiting);
    }

    private static ScopedKeyRow row(Cursor row) {
        return new ScopedKeyRow(
                row.text(1), row.text(2), row.textOrNull(3), row.number(4), row.number(5));
    }
}
