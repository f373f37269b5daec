package io.miroir.store.ratelimit;

import io.miroir.proto.store.Grant;
import io.miroir.proto.store.Grants;
import io.miroir.proto.store.LeaseTokens;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.RecordLogin;
import io.miroir.proto.store.TokenAsk;
import io.miroir.sqlite.Sql;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import java.util.Optional;

/** Writes buckets and failed logins. */
public final class RateApplier {
    private static final String BUCKETS = "rate_buckets";
    private static final String LOGINS = "login_backoff";

    /** The bucket of all addresses for which there is no room; no address is empty. */
    private static final String SHARED = "";

    /** Failures count as in a row for this long after the last one. */
    private static final long REMEMBERED_MICROS = RateLimits.BACKOFF_MICROS_MAX;

    /** 10 minutes doubled that often are longer than the longest. */
    private static final int DOUBLINGS_MAX = 20;

    private RateApplier() {}

    private record Bucket(long taken, long expiresAt) {}

    private record Failures(int failed, long nextAllowedAt) {}

    public static Outcome lease(Write write, LeaseTokens command) {
        Grants.Builder grants = Grants.newBuilder();
        for (TokenAsk ask : command.getAskList()) {
            grants.addGrant(grant(write, command, ask));
        }
        return Outcome.newBuilder().setGrants(grants).build();
    }

    public static Outcome login(Write write, RecordLogin command) {
        String address = command.getAddress();
        if (command.getSucceeded()) {
            int gone = write.sql().update("DELETE FROM login_backoff WHERE address = ?", address);
            write.rowsChanged(LOGINS, -gone);
            return Outcomes.until(0);
        }
        Optional<Failures> old = failures(write.sql(), address, write.now());
        int failed = old.map(Failures::failed).orElse(0) + 1;
        long next =
                failed < RateLimits.FAILURES_BEFORE_BACKOFF
                        ? 0
                        : write.now() + backoffMicros(failed);
        makeRoom(write, address);
        int replaced = write.sql().update("DELETE FROM login_backoff WHERE address = ?", address);
        write.sql()
                .update(
                        "INSERT INTO login_backoff (address, failed, next_allowed_at, expires_at)"
                                + " VALUES (?, ?, ?, ?)",
                        address,
                        failed,
                        next,
                        Math.max(next, write.now()) + REMEMBERED_MICROS);
        write.rowsChanged(LOGINS, 1 - replaced);
        return Outcomes.until(next);
    }

    static Optional<Long> heldBack(Sql sql, String address, long now) {
        return failures(sql, address, now)
                .map(Failures::nextAllowedAt)
                .filter(nextAllowedAt -> nextAllowedAt > now);
    }

    private static Grant grant(Write write, LeaseTokens command, TokenAsk ask) {
        long heldBackUntil =
                command.getScope() == RateScope.ADMIN_LOGIN.code()
                        ? heldBack(write.sql(), ask.getAddress(), write.now()).orElse(0L)
                        : 0;
        Optional<Bucket> own = bucket(write, command.getScope(), ask.getAddress());
        boolean room = own.isPresent() || write.rows(BUCKETS) < write.limits().rateBucketsMax();
        String address = room ? ask.getAddress() : SHARED;
        Bucket bucket =
                (room ? own : bucket(write, command.getScope(), SHARED))
                        .orElse(new Bucket(0, write.now() + command.getWindowMicros()));
        long taken = bucket.taken() + ask.getSpent();
        long left = Math.max(0, command.getTokensMax() - taken);
        long tokens = heldBackUntil > 0 ? 0 : Math.min(ask.getWanted(), left);
        put(write, command.getScope(), address, taken + tokens, bucket.expiresAt());
        return Grant.newBuilder()
                .setTokens((int) tokens)
                .setWindowEndsAtMicros(bucket.expiresAt())
                .setHeldBackUntilMicros(heldBackUntil)
                .build();
    }

    private static Optional<Bucket> bucket(Write write, int scope, String address) {
        return write.sql()
                .first(
                        "SELECT taken, expires_at FROM rate_buckets WHERE scope = ? AND address = ?"
                                + " AND expires_at > ?",
                        row -> new Bucket(row.number(1), row.number(2)),
                        scope,
                        address,
                        write.now());
    }

    private static void put(Write write, int scope, String address, long taken, long expiresAt) {
        // One whose window is over may be there still.
        int replaced =
                write.sql()
                        .update(
                                "DELETE FROM rate_buckets WHERE scope = ? AND address = ?",
                                scope,
                                address);
        write.sql()
                .update(
                        "INSERT INTO rate_buckets (scope, address, taken, expires_at)"
                                + " VALUES (?, ?, ?, ?)",
                        scope,
                        address,
                        taken,
                        expiresAt);
        write.rowsChanged(BUCKETS, 1 - replaced);
    }

    private static Optional<Failures> failures(Sql sql, String address, long now) {
        return sql.first(
                "SELECT failed, next_allowed_at FROM login_backoff WHERE address = ?"
                        + " AND expires_at > ?",
                row -> new Failures(row.integer(1), row.number(2)),
                address,
                now);
    }

    private static void makeRoom(Write write, String address) {
        boolean isNew = failures(write.sql(), address, write.now()).isEmpty();
        if (isNew && write.rows(LOGINS) >= write.limits().rateBucketsMax()) {
            int gone =
                    write.sql()
                            .update(
                                    "DELETE FROM login_backoff WHERE address IN (SELECT address"
                                            + " FROM login_backoff ORDER BY expires_at, address"
                                            + " LIMIT 2)");
            write.rowsChanged(LOGINS, -gone);
        }
    }

    private static long backoffMicros(int failed) {
        int doublings = Math.min(failed - RateLimits.FAILURES_BEFORE_BACKOFF, DOUBLINGS_MAX);
        return Math.min(RateLimits.BACKOFF_MICROS << doublings, RateLimits.BACKOFF_MICROS_MAX);
    }
}
