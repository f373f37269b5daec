package io.miroir.store.ratelimit;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import java.util.Optional;

/**
 * How often an address may ask, counted over all pods. Pods don't ask for each request: they lease
 * blocks of tokens for many addresses in one command; {@link LeasedLimiter} does it and says by how
 * much a limit can be exceeded.
 *
 * <p>A window begins with an address's first lease and forgets it at its end. Cap: the limits'
 * {@code rateBucketsMax} addresses; those beyond share one bucket a scope, so that a flood of
 * addresses neither grows the table nor gets through. Logins held back have the same cap; beyond it
 * the one that is over first goes.
 */
public interface RateLimits {

    /**
     * Leases tokens. In a window, all pods together get at most {@code tokensMax}.
     *
     * @param tokensMax tokens of a window, 1 to {@link #TOKENS_MAX}
     * @param windowMicros length of a window, 1 ms to a day
     * @param asks at most {@link #ASKS_MAX}
     * @return one grant an ask, in their order
     */
    Reply<List<Grant>> lease(RateScope scope, int tokensMax, long windowMicros, List<Ask> asks);

    /**
     * A login was tried. After {@link #FAILURES_BEFORE_BACKOFF} failures in a row an address is
     * held back for {@link #BACKOFF_MICROS}, with each further one twice as long as before, up to
     * {@link #BACKOFF_MICROS_MAX}; a success forgets them all.
     *
     * @return store time from which on it may try again; 0 for at once
     */
    Reply<Long> login(String address, boolean succeeded);

    /** Until when (store time) logins of the address are held back, if they are. */
    Optional<Long> heldBack(ReadLevel level, String address);

    int TOKENS_MAX = 1_000_000;

    int ASKS_MAX = 1_000;

    int ADDRESS_CHARS_MAX = 64;

    int FAILURES_BEFORE_BACKOFF = 5;

    long BACKOFF_MICROS = 600_000_000L;

    long BACKOFF_MICROS_MAX = 86_400_000_000L;

    /**
     * What a pod asks for an address.
     *
     * @param wanted tokens for the requests to come
     * @param spent requests that it let pass before it had a token; they count
     */
    record Ask(String address, int wanted, int spent) {}

    /**
     * What it gets.
     *
     * @param tokens 0 to what it wanted
     * @param windowEndsAt store time at which they are void
     * @param heldBackUntil store time; 0 unless logins of the address are held back
     */
    record Grant(int tokens, long windowEndsAt, long heldBackUntil) {}
}
