package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.ratelimit.RateLimits;
import io.miroir.store.ratelimit.RateScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code miroir:ratelimit:searchui:<ip>}, {@code …:adminlogin:<ip>} and {@code …:backoff:<ip>},
 * which expire by Redis. Without the cap on addresses, which upstream does not have either.
 */
record RedisRates(RedisPipeline writes, RedisPipeline reads) implements RateLimits {

    @Override
    public Reply<List<Grant>> lease(
            RateScope scope, int tokensMax, long windowMicros, List<Ask> asks) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(
                switch (scope) {
                    case SEARCH_UI -> "searchui";
                    case ADMIN_LOGIN -> "adminlogin";
                });
        arguments.add(tokensMax);
        arguments.add(windowMicros);
        for (Ask ask : asks) {
            arguments.addAll(List.of(ask.address(), ask.wanted(), ask.spent()));
        }
        return writes.write(
                answer -> grants((List<?>) answer), RedisScript.LEASE_TOKENS, arguments.toArray());
    }

    private static List<Grant> grants(List<?> numbers) {
        List<Grant> grants = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i += 3) {
            grants.add(
                    new Grant(
                            Math.toIntExact((Long) numbers.get(i)),
                            (Long) numbers.get(i + 1),
                            (Long) numbers.get(i + 2)));
        }
        return grants;
    }

    @Override
    public Reply<Long> login(String address, boolean succeeded) {
        return writes.write(
                RedisAnswer::number,
                RedisScript.RECORD_LOGIN,
                address,
                succeeded ? 1 : 0,
                FAILURES_BEFORE_BACKOFF,
                BACKOFF_MICROS,
                BACKOFF_MICROS_MAX);
    }

    @Override
    public Optional<Long> heldBack(ReadLevel level, String address) {
        long next = reads.hash("miroir:ratelimit:backoff:" + address).number("next");
        return next > RedisTaskStore.wallMicros() ? Optional.of(next) : Optional.empty();
    }
}
