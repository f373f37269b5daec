package io.miroir.capability.partitioned.verify;

/**
 * What a node holds of a shard: how many documents and the sum of their digests, in which their
 * order makes no difference.
 */
record ShardDigest(long documents, long sum) {
    static final ShardDigest EMPTY = new ShardDigest(0, 0);

    ShardDigest with(long documentHash) {
        return new ShardDigest(documents + 1, sum + documentHash);
    }
}
