package io.miroir.store.ratelimit;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.LeaseTokens;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.RecordLogin;
import io.miroir.proto.store.TokenAsk;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.List;
import java.util.Optional;

/** {@link RateLimits} over commands and SQL. */
public final class RateRoom implements RateLimits {
    private static final long WINDOW_MICROS_MIN = 1_000;
    private static final long WINDOW_MICROS_MAX = 86_400_000_000L;

    private final Proposer proposer;
    private final Reads reads;

    public RateRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<List<Grant>> lease(
            RateScope scope, int tokensMax, long windowMicros, List<Ask> asks) {
        if (tokensMax < 1 || tokensMax > TOKENS_MAX || asks.size() > ASKS_MAX) {
            throw new IllegalArgumentException(tokensMax + " tokens, " + asks.size() + " asks");
        }
        if (windowMicros < WINDOW_MICROS_MIN || windowMicros > WINDOW_MICROS_MAX) {
            throw new IllegalArgumentException("a window of " + windowMicros + " µs");
        }
        LeaseTokens.Builder lease =
                LeaseTokens.newBuilder()
                        .setScope(scope.code())
                        .setTokensMax(tokensMax)
                        .setWindowMicros(windowMicros);
        for (Ask ask : asks) {
            lease.addAsk(
                    TokenAsk.newBuilder()
                            .setAddress(address(ask.address()))
                            .setWanted(ask.wanted())
                            .setSpent(ask.spent()));
        }
        return proposer.propose(Command.newBuilder().setLeaseTokens(lease), RateRoom::grants);
    }

    @Override
    public Reply<Long> login(String address, boolean succeeded) {
        RecordLogin.Builder login =
                RecordLogin.newBuilder().setAddress(address(address)).setSucceeded(succeeded);
        return proposer.propose(
                Command.newBuilder().setRecordLogin(login), Outcome::getUntilMicros);
    }

    @Override
    public Optional<Long> heldBack(ReadLevel level, String address) {
        return reads.point(level, sql -> RateApplier.heldBack(sql, address, reads.nowMicros()));
    }

    private static List<Grant> grants(Outcome outcome) {
        return outcome.getGrants().getGrantList().stream()
                .map(
                        grant ->
                                new Grant(
                                        grant.getTokens(),
                                        grant.getWindowEndsAtMicros(),
                                        grant.getHeldBackUntilMicros()))
                .toList();
    }

    private static String address(String address) {
        if (address.isEmpty() || address.length() > ADDRESS_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "an address of " + address.length() + " characters, 1 to " + ADDRESS_CHARS_MAX);
        }
        return address;
    }
}
