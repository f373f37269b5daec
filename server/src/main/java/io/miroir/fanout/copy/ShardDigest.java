package io.miroir.fanout.copy;

/**
 * What a node holds of a shard: how many documents and the sum of their digests, in which their
 * order makes no difference.
 */
public record ShardDigest(long documents, long sum) {
    /** Of a shard without documents. */
    public static final ShardDigest EMPTY = new ShardDigest(0, 0);

    /** With one document more. */
    public ShardDigest with(long documentHash) {
        return new ShardDigest(documents + 1, sum + documentHash);
    }
}
