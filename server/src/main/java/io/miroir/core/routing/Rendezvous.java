package io.miroir.core.routing;

import io.miroir.core.hash.XxHash64;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Which shard a document is in and which nodes a shard prefers, from names alone (rendezvous or
 * highest-random-weight hashing, Thaler and Ravishankar 1998): a node that joins or leaves moves
 * only the shards that it gains or had. The bytes hashed are fixed by the protocol's "Hash bytes".
 */
public final class Rendezvous {
    /** A byte that is in no UTF-8 text, so that no name is the beginning of another. */
    private static final byte END = (byte) 0xFF;

    private Rendezvous() {}

    /**
     * The shard of a document.
     *
     * @param key the document's primary key as text ({@code 42} and {@code "42"} are one key)
     * @param shards how many shards the index has, at least 1
     * @return 0 to {@code shards - 1}
     */
    public static int shard(String key, int shards) {
        return shard(hash(key), shards);
    }

    /** The shard of a document by the hash of its key. */
    public static int shard(long hash, int shards) {
        if (shards < 1) {
            throw new IllegalArgumentException("shards: " + shards);
        }
        return (int) Long.remainderUnsigned(hash, shards);
    }

    /** What a document's shard is chosen by. */
    public static long hash(String key) {
        byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
        return hash(Arrays.copyOf(utf8, utf8.length + 1), utf8.length);
    }

    /**
     * The same for a key that is UTF-8 already.
     *
     * @param key has room for a byte behind the key, which is written to
     * @param length of the key
     */
    public static long hash(byte[] key, int length) {
        key[length] = END;
        return XxHash64.hash(key, 0, length + 1, 0);
    }

    /** How much a shard (or another 32-bit number) prefers a node; compare unsigned. */
    public static long score(int shard, String nodeId) {
        byte[] utf8 = nodeId.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[Integer.BYTES + utf8.length + 1];
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[i] = (byte) (shard >>> (8 * i));
        }
        System.arraycopy(utf8, 0, bytes, Integer.BYTES, utf8.length);
        bytes[bytes.length - 1] = END;
        return XxHash64.hash(bytes);
    }

    /** All nodes, the most preferred first; equal scores by id. */
    public static List<String> rank(int shard, Collection<String> nodeIds) {
        record Scored(String nodeId, long score) {}
        return nodeIds.stream()
                .map(nodeId -> new Scored(nodeId, score(shard, nodeId)))
                .sorted(
                        Comparator.comparing(Scored::score, (a, b) -> Long.compareUnsigned(b, a))
                                .thenComparing(Scored::nodeId))
                .map(Scored::nodeId)
                .toList();
    }
}
