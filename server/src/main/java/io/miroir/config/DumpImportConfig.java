package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Importing a dump through the routing.
 *
 * @param enabled off: imports are refused
 * @param mode how it is done
 * @param batchSize documents a request to a node
 * @param parallelTargetWrites such requests at a time
 * @param memoryBufferBytes documents in memory
 * @param chunkSizeBytes input of one job, as pods share them
 */
public record DumpImportConfig(
        @Default("true") boolean enabled,
        @Default("streaming") Mode mode,
        @Default("1000") @Range(min = 1, max = 100000) int batchSize,
        @Default("8") @Range(min = 1, max = 256) int parallelTargetWrites,
        @Default("134217728") @Range(min = 1048576, max = 17179869184.0) long memoryBufferBytes,
        @Default("268435456") @Range(min = 1048576, max = 17179869184.0) long chunkSizeBytes) {

    /** Ways to import. */
    public enum Mode {
        /** Each document to its shard. */
        STREAMING,
        /** Everything to every node. */
        BROADCAST
    }
}
