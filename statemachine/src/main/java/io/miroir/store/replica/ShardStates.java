package io.miroir.store.replica;

import java.util.Arrays;
import java.util.HexFormat;

/** The state of each shard on one node, one byte a shard; immutable. */
public final class ShardStates {
    private final byte[] states;

    private ShardStates(byte[] states) {
        this.states = states;
    }

    /** All {@code shards} in one state. */
    public static ShardStates all(int shards, ShardState state) {
        byte[] states = new byte[shards];
        Arrays.fill(states, (byte) state.code());
        return new ShardStates(states);
    }

    /** From stored bytes; an unknown byte is a bug or a corruption and throws. */
    public static ShardStates of(byte[] bytes) {
        for (byte b : bytes) {
            ShardState _ = ShardState.ofCode(b);
        }
        return new ShardStates(bytes.clone());
    }

    public int shards() {
        return states.length;
    }

    public ShardState get(int shard) {
        return ShardState.ofCode(states[shard]);
    }

    public ShardStates with(int shard, ShardState state) {
        byte[] changed = states.clone();
        changed[shard] = (byte) state.code();
        return new ShardStates(changed);
    }

    public byte[] toBytes() {
        return states.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShardStates that && Arrays.equals(states, that.states);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(states);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(states);
    }
}
