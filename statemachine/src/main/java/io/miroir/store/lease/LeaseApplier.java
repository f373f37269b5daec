package io.miroir.store.lease;

import io.miroir.proto.store.Holder;
import io.miroir.proto.store.Lease;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.ReleaseLease;
import io.miroir.proto.store.RenewLease;
import io.miroir.proto.store.TakeLease;
import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import java.util.List;
import java.util.Optional;

/** Writes and reads leases. */
public final class LeaseApplier {
    private static final String TABLE = "leader_lease";
    private static final String SELECT =
            "SELECT scope, holder, term, epoch, phase_json, expires_at, updated_at"
                    + " FROM leader_lease";
    private static final String NO_PHASE = "{}";

    private LeaseApplier() {}

    /**
     * Takes a lease.
     *
     * @param fenced whether the command holds in the current term only: then its sender leads
     */
    public static Outcome take(Write write, TakeLease command, boolean fenced) {
        Optional<LeaseRow> old = get(write.sql(), command.getScope());
        if (old.isPresent() && !free(write, old.get(), command.getHolder(), fenced)) {
            return held(old.get());
        }
        if (old.isEmpty() && write.rows(TABLE) >= Leases.ROWS_MAX) {
            return Outcomes.full(TABLE, Leases.ROWS_MAX);
        }
        LeaseRow row =
                new LeaseRow(
                        command.getScope(),
                        command.getHolder(),
                        write.term(),
                        write.nextEpoch(),
                        old.map(LeaseRow::phaseJson).orElse(NO_PHASE),
                        write.now() + command.getLeaseMicros(),
                        write.now());
        put(write, row);
        write.rowsChanged(TABLE, old.isEmpty() ? 1 : 0);
        return Outcome.newBuilder()
                .setLease(
                        Lease.newBuilder()
                                .setEpoch(row.epoch())
                                .setPhaseJson(row.phaseJson())
                                .setExpiresAtMicros(row.expiresAt()))
                .build();
    }

    public static Outcome renew(Write write, RenewLease command) {
        Optional<LeaseRow> old = get(write.sql(), command.getScope());
        if (old.isEmpty() || old.get().epoch() != command.getEpoch()) {
            return lost(old);
        }
        long until = write.now() + command.getLeaseMicros();
        String phase = command.hasPhaseJson() ? command.getPhaseJson() : old.get().phaseJson();
        put(write, next(write, old.get(), old.get().holder(), old.get().epoch(), phase, until));
        return Outcomes.until(until);
    }

    public static Outcome release(Write write, ReleaseLease command) {
        Optional<LeaseRow> old = get(write.sql(), command.getScope());
        if (old.isEmpty() || old.get().epoch() != command.getEpoch()) {
            return lost(old);
        }
        if (command.hasPhaseJson()) {
            // No epoch is 0: nobody can renew what was released.
            put(write, next(write, old.get(), "", 0, command.getPhaseJson(), write.now()));
        } else {
            write.sql().update("DELETE FROM leader_lease WHERE scope = ?", command.getScope());
            write.rowsChanged(TABLE, -1);
            write.changed(new Change.RowChanged(TABLE, command.getScope()));
        }
        return Outcomes.DONE;
    }

    /** Removes what is over for long; answers how many. */
    public static int expire(Write write, int rowsMax) {
        int gone =
                write.sql()
                        .update(
                                "DELETE FROM leader_lease WHERE scope IN (SELECT scope FROM"
                                        + " leader_lease WHERE updated_at < ? AND expires_at <= ?"
                                        + " ORDER BY updated_at, scope LIMIT ?)",
                                write.now() - Leases.FORGOTTEN_AFTER_MICROS,
                                write.now(),
                                rowsMax);
        write.rowsChanged(TABLE, -gone);
        return gone;
    }

    static Optional<LeaseRow> get(Sql sql, String scope) {
        return sql.first(SELECT + " WHERE scope = ?", LeaseApplier::row, scope);
    }

    static List<LeaseRow> list(Sql sql) {
        return sql.all(SELECT + " ORDER BY scope", LeaseApplier::row);
    }

    private static boolean free(Write write, LeaseRow row, String holder, boolean fenced) {
        return row.expiresAt() <= write.now()
                || row.holder().equals(holder)
                || (fenced && row.term() < write.term());
    }

    private static LeaseRow next(
            Write write, LeaseRow old, String holder, long epoch, String phase, long expiresAt) {
        return new LeaseRow(old.scope(), holder, old.term(), epoch, phase, expiresAt, write.now());
    }

    private static void put(Write write, LeaseRow row) {
        write.sql()
                .update(
                        "INSERT OR REPLACE INTO leader_lease (scope, holder, term, epoch,"
                                + " phase_json, expires_at, updated_at)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                        row.scope(),
                        row.holder(),
                        row.term(),
                        row.epoch(),
                        row.phaseJson(),
                        row.expiresAt(),
                        row.updatedAt());
        write.changed(new Change.RowChanged(TABLE, row.scope()));
    }

    private static Outcome held(LeaseRow row) {
        return Outcome.newBuilder()
                .setLost(
                        Holder.newBuilder()
                                .setHolder(row.holder())
                                .setNumber(row.epoch())
                                .setExpiresAtMicros(row.expiresAt()))
                .build();
    }

    private static Outcome lost(Optional<LeaseRow> row) {
        return row.map(LeaseApplier::held)
                .orElse(Outcome.newBuilder().setLost(Holder.getDefaultInstance()).build());
    }

    private static LeaseRow row(Cursor row) {
        return new LeaseRow(
                row.text(1),
                row.text(2),
                row.number(3),
                row.number(4),
                row.text(5),
                row.number(6),
                row.number(7));
    }
}
