package io.miroir.store.lease;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.ReleaseLease;
import io.miroir.proto.store.RenewLease;
import io.miroir.proto.store.TakeLease;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@link Leases} over commands and SQL. */
public final class LeaseRoom implements Leases {
    private static final long LEASE_MICROS_MIN = 1_000;

    private final Proposer proposer;
    private final Reads reads;

    public LeaseRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<Taking> take(String scope, String holder, long leaseMicros) {
        TakeLease.Builder take =
                TakeLease.newBuilder()
                        .setScope(scope)
                        .setHolder(holder)
                        .setLeaseMicros(leaseMicros(leaseMicros));
        return proposer.propose(Command.newBuilder().setTakeLease(take), LeaseRoom::taking);
    }

    @Override
    public Reply<Holding> renew(
            String scope, long epoch, long leaseMicros, @Nullable String phaseJson) {
        RenewLease.Builder renew =
                RenewLease.newBuilder()
                        .setScope(scope)
                        .setEpoch(epoch)
                        .setLeaseMicros(leaseMicros(leaseMicros));
        if (phaseJson != null) {
            renew.setPhaseJson(phaseJson);
        }
        return proposer.propose(Command.newBuilder().setRenewLease(renew), LeaseRoom::holding);
    }

    @Override
    public Reply<Holding> release(String scope, long epoch, @Nullable String phaseJson) {
        ReleaseLease.Builder release = ReleaseLease.newBuilder().setScope(scope).setEpoch(epoch);
        if (phaseJson != null) {
            release.setPhaseJson(phaseJson);
        }
        return proposer.propose(Command.newBuilder().setReleaseLease(release), LeaseRoom::holding);
    }

    @Override
    public Optional<LeaseRow> get(ReadLevel level, String scope) {
        return reads.point(level, sql -> LeaseApplier.get(sql, scope));
    }

    @Override
    public List<LeaseRow> list(ReadLevel level) {
        return reads.scan(level, LeaseApplier::list);
    }

    private static Taking taking(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case LEASE ->
                    new Taking.Taken(
                            outcome.getLease().getEpoch(),
                            outcome.getLease().getPhaseJson(),
                            outcome.getLease().getExpiresAtMicros());
            case LOST ->
                    new Taking.Held(
                            outcome.getLost().getHolder(),
                            outcome.getLost().getNumber(),
                            outcome.getLost().getExpiresAtMicros());
            case FULL -> new Taking.Full(outcome.getFull().getRowsMax());
            default -> throw Proposer.unexpected(outcome);
        };
    }

    private static Holding holding(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case UNTIL_MICROS -> new Holding.Renewed(outcome.getUntilMicros());
            case DONE -> new Holding.Released();
            case LOST ->
                    new Holding.Lost(outcome.getLost().getHolder(), outcome.getLost().getNumber());
            default -> throw Proposer.unexpected(outcome);
        };
    }

    private static long leaseMicros(long leaseMicros) {
        if (leaseMicros < LEASE_MICROS_MIN || leaseMicros > LEASE_MICROS_MAX) {
            throw new IllegalArgumentException("a lease of " + leaseMicros + " µs");
        }
        return leaseMicros;
    }
}
