package io.miroir.core.plan;

import io.miroir.core.filter.Filter;
import io.miroir.core.filter.Word;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the shards that can have matches of a filter on the primary key ({@code =} and {@code IN}
 * under AND, or under an OR of nothing else).
 *
 * <p>Nodes compare texts without regard to case, while a shard is found by the exact key: a value
 * with letters could match several keys in several shards, so only values of digits, {@code -} and
 * {@code _} narrow. A value is also compared as a number, so {@code 042} means both keys 042 and
 * 42.
 */
public final class KeyNarrowing {
    /** Integers up to here are exact as the doubles that nodes compare; 2^53. */
    private static final long EXACT_MAX = 1L << 53;

    /** Digits of such an integer, with a sign. */
    private static final int INTEGER_CHARS_MAX = 17;

    private KeyNarrowing() {}

    /**
     * The shards that can have matches.
     *
     * @param literalsMax a longer list narrows nothing; with 0 nothing does
     * @return empty if all shards can
     */
    public static Optional<ShardSet> shards(
            Filter filter, String primaryKey, int shards, int literalsMax) {
        return switch (filter) {
            case Filter.And(List<Filter> parts) -> {
                Optional<ShardSet> narrowed = Optional.empty();
                for (Filter part : parts) {
                    Optional<ShardSet> own = shards(part, primaryKey, shards, literalsMax);
                    if (own.isPresent()) {
                        narrowed = Optional.of(narrowed.map(own.get()::and).orElse(own.get()));
                    }
                }
                yield narrowed;
            }
            case Filter.Or(List<Filter> parts) -> {
                ShardSet all = ShardSet.none();
                for (Filter part : parts) {
                    Optional<ShardSet> own = shards(part, primaryKey, shards, literalsMax);
                    if (own.isEmpty()) {
                        yield Optional.empty();
                    }
                    all = all.or(own.get());
                }
                yield Optional.of(all);
            }
            case Filter.Compare(Word field, Filter.Operator operator, Word value)
                    when operator == Filter.Operator.EQUAL && field.text().equals(primaryKey) ->
                    shards(List.of(value), shards, literalsMax);
            case Filter.In(Word field, List<Word> values) when field.text().equals(primaryKey) ->
                    shards(values, shards, literalsMax);
            case Filter.Not _,
                    Filter.Compare _,
                    Filter.Between _,
                    Filter.In _,
                    Filter.Exists _,
                    Filter.IsNull _,
                    Filter.IsEmpty _,
                    Filter.Contains _,
                    Filter.StartsWith _,
                    Filter.GeoRadius _,
                    Filter.GeoBoundingBox _,
                    Filter.GeoPolygon _,
                    Filter.VectorExists _,
                    Filter.Foreign _ ->
                    Optional.empty();
        };
    }

    private static Optional<ShardSet> shards(List<Word> values, int shards, int literalsMax) {
        if (values.size() > literalsMax) {
            return Optional.empty();
        }
        List<Integer> found = new ArrayList<>();
        for (Word value : values) {
            String key = value.text().strip();
            if (!isCaseless(key)) {
                return Optional.empty();
            }
            found.add(Rendezvous.shard(key, shards));
            if (isInteger(key)) {
                if (key.length() > INTEGER_CHARS_MAX || Math.abs(Long.parseLong(key)) > EXACT_MAX) {
                    return Optional.empty();
                }
                found.add(Rendezvous.shard(Long.toString(Long.parseLong(key)), shards));
            }
        }
        return Optional.of(ShardSet.of(found));
    }

    private static boolean isCaseless(String key) {
        return !key.isEmpty()
                && key.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '-' || c == '_');
    }

    private static boolean isInteger(String key) {
        String digits = key.startsWith("-") ? key.substring(1) : key;
        return !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
