package io.miroir.core.topology;

import java.util.BitSet;
import java.util.Collection;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/** An immutable set of shard numbers, iterated in ascending order. */
public final class ShardSet {
    private static final ShardSet NONE = new ShardSet(new BitSet());

    private final BitSet bits;

    private ShardSet(BitSet bits) {
        this.bits = bits;
    }

    /** The empty set. */
    public static ShardSet none() {
        return NONE;
    }

    /** Shards 0 to {@code shards - 1}. */
    public static ShardSet all(int shards) {
        BitSet bits = new BitSet(shards);
        bits.set(0, shards);
        return new ShardSet(bits);
    }

    /** The given shards. */
    public static ShardSet of(int... shards) {
        BitSet bits = new BitSet();
        for (int shard : shards) {
            bits.set(shard);
        }
        return new ShardSet(bits);
    }

    /** The given shards. */
    public static ShardSet of(Collection<Integer> shards) {
        BitSet bits = new BitSet();
        shards.forEach(bits::set);
        return new ShardSet(bits);
    }

    /** A copy of {@code bits}. */
    public static ShardSet copyOf(BitSet bits) {
        return new ShardSet((BitSet) bits.clone());
    }

    /** True if the shard is in the set. */
    public boolean contains(int shard) {
        return bits.get(shard);
    }

    /** True if the set has no shard. */
    public boolean isEmpty() {
        return bits.isEmpty();
    }

    /** How many shards the set has. */
    public int size() {
        return bits.cardinality();
    }

    /** What is in both. */
    public ShardSet and(ShardSet other) {
        BitSet both = (BitSet) bits.clone();
        both.and(other.bits);
        return new ShardSet(both);
    }

    /** What is in this one only. */
    public ShardSet andNot(ShardSet other) {
        BitSet rest = (BitSet) bits.clone();
        rest.andNot(other.bits);
        return new ShardSet(rest);
    }

    /** What is in either. */
    public ShardSet or(ShardSet other) {
        BitSet either = (BitSet) bits.clone();
        either.or(other.bits);
        return new ShardSet(either);
    }

    /** The shards in ascending order. */
    public IntStream stream() {
        return bits.stream();
    }

    /** The shards in ascending order. */
    public PrimitiveIterator.OfInt iterator() {
        return bits.stream().iterator();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShardSet set && set.bits.equals(bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    /** The numbers with commas, e.g. {@code 3,7,11}, as degraded headers show them. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        stream().forEach(shard -> text.append(text.isEmpty() ? "" : ",").append(shard));
        return text.toString();
    }
}
