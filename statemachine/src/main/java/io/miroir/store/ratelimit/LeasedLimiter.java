package io.miroir.store.ratelimit;

import io.miroir.store.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A pod's side of a rate limit: it spends leased tokens, and asks for more for all its addresses in
 * one command a {@link #flush}. Requests cost no log entry, however many they are.
 *
 * <p>So that the first requests of an address need not wait, a pod lets {@code freeMax} of them
 * pass in each window before it has a token; they are counted with its next ask. <b>Bound:</b> in a
 * window, all pods together let pass at most {@code tokensMax + pods × freeMax} requests of an
 * address, however late grants come, and if they get lost; a pod that restarts counts as another
 * one, and addresses that share a purse are one.
 */
public final class LeasedLimiter {
    private final RateLimits limits;
    private final LongSupplier nowMicros;
    private final Rule rule;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Purse> purses = new HashMap<>();
    private final Set<String> asking = new LinkedHashSet<>();

    /**
     * What is limited how.
     *
     * @param tokensMax requests of an address in a window, over all pods
     * @param freeMax requests of an address that a pod lets pass in a window without a token; 0 for
     *     a limit that is never exceeded
     * @param addressesMax addresses that a pod keeps apart; the rest share one purse
     */
    public record Rule(
            RateScope scope, int tokensMax, long windowMicros, int freeMax, int addressesMax) {}

    /** Whether a request may pass. */
    public sealed interface Verdict {
        record Allowed() implements Verdict {}

        /** The limit is reached, or the address is held back: not before then (store time). */
        record Denied(long untilMicros) implements Verdict {}

        /** No token is here yet: ask again after the next flush, or say it is busy. */
        record Pending() implements Verdict {}
    }

    /**
     * A limiter without tokens.
     *
     * @param nowMicros estimate of store time
     */
    public LeasedLimiter(RateLimits limits, LongSupplier nowMicros, Rule rule) {
        this.limits = limits;
        this.nowMicros = nowMicros;
        this.rule = rule;
    }

    /** Spends a token of the address; never waits for the store. */
    public Verdict take(String address) {
        lock.lock();
        try {
            long now = nowMicros.getAsLong();
            String key = purses.containsKey(address) || makesRoom(now) ? address : SHARED;
            Purse purse = purses.computeIfAbsent(key, _ -> new Purse());
            purse.renew(now, rule.windowMicros());
            if (purse.deniedUntil > now) {
                return new Verdict.Denied(purse.deniedUntil);
            }
            purse.demand++;
            if (purse.tokens <= purse.demand) {
                asking.add(key);
            }
            if (purse.tokens > 0) {
                purse.tokens--;
                return new Verdict.Allowed();
            }
            if (purse.free < rule.freeMax()) {
                purse.passFree(now, rule.windowMicros());
                return new Verdict.Allowed();
            }
            return new Verdict.Pending();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks for what is needed, in one command; to be called some ten times a second, by one thread.
     * Answers how many addresses it asked for; 0 costs nothing.
     */
    public int flush() {
        List<String> addresses = new ArrayList<>();
        List<RateLimits.Ask> asks = asks(addresses);
        if (asks.isEmpty()) {
            return 0;
        }
        Reply<List<RateLimits.Grant>> reply =
                limits.lease(rule.scope(), rule.tokensMax(), rule.windowMicros(), asks);
        lock.lock();
        try {
            switch (reply) {
                case Reply.Applied<List<RateLimits.Grant>> applied -> {
                    for (int i = 0; i < asks.size(); i++) {
                        granted(addresses.get(i), asks.get(i), applied.outcome().get(i));
                    }
                }
                // What was spent stays owed; who waits asks again.
                case Reply.Refused<List<RateLimits.Grant>> _ -> asking.addAll(addresses);
            }
        } finally {
            lock.unlock();
        }
        return asks.size();
    }

    private List<RateLimits.Ask> asks(List<String> addresses) {
        lock.lock();
        try {
            List<RateLimits.Ask> asks = new ArrayList<>();
            for (String address : asking) {
                Purse purse = purses.get(address);
                if (purse != null && asks.size() < RateLimits.ASKS_MAX) {
                    int wanted = Math.min(rule.tokensMax(), Math.max(1, 2 * purse.demand));
                    asks.add(new RateLimits.Ask(address, wanted, purse.spent));
                    addresses.add(address);
                    purse.demand = 0;
                }
            }
            addresses.forEach(asking::remove);
            asking.retainAll(purses.keySet());
            return asks;
        } finally {
            lock.unlock();
        }
    }

    private void granted(String address, RateLimits.Ask ask, RateLimits.Grant grant) {
        Purse purse = purses.get(address);
        if (purse == null) {
            return;
        }
        purse.spent = Math.max(0, purse.spent - ask.spent());
        if (grant.heldBackUntil() > 0) {
            purse.deniedUntil = grant.heldBackUntil();
        }
        long now = nowMicros.getAsLong();
        purse.renew(now, rule.windowMicros());
        if (grant.windowEndsAt() <= now || (purse.leased && grant.windowEndsAt() < purse.endsAt)) {
            // It comes too late: its window is over, and the one at hand must not begin twice.
            return;
        }
        if (purse.endsAt != grant.windowEndsAt()) {
            purse.tokens = 0;
        }
        purse.leased = true;
        purse.endsAt = grant.windowEndsAt();
        purse.tokens += grant.tokens();
        if (grant.heldBackUntil() == 0 && grant.tokens() == 0 && purse.tokens == 0) {
            purse.deniedUntil = grant.windowEndsAt();
        }
    }

    /** Whether there is room for one more; purses whose window is over go first. */
    private boolean makesRoom(long now) {
        if (purses.size() >= rule.addressesMax()) {
            purses.values().removeIf(purse -> purse.endsAt <= now && purse.deniedUntil <= now);
        }
        return purses.size() < rule.addressesMax();
    }

    /** No address is written like this. */
    private static final String SHARED = "*";

    /** What a pod has for one address. */
    private static final class Purse {
        private int tokens;
        private int free;
        private int spent;
        private int demand;

        /** Of the window; or, while that is not known, when what passed free is surely over. */
        private long endsAt;

        private long deniedUntil;

        /** Whether a grant has said when the window ends. */
        private boolean leased;

        /** Tokens end with their window; a new one begins with the next request. */
        void renew(long now, long windowMicros) {
            if (endsAt <= now) {
                tokens = 0;
                free = 0;
                leased = false;
                endsAt = now + windowMicros;
            }
        }

        /** A window that nobody has told of yet may begin with this request. */
        void passFree(long now, long windowMicros) {
            free++;
            spent++;
            if (!leased) {
                endsAt = now + windowMicros;
            }
        }
    }
}
