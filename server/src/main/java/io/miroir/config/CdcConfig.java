package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Former;
import io.miroir.config.bind.Range;
import io.miroir.config.bind.Scheme;
import java.net.URI;
import java.util.List;

/**
 * Tells other systems what changed.
 *
 * @param enabled off: nothing is published or kept
 * @param emitTtlDeletes also what expired
 * @param emitInternalWrites also what repair and moves wrote
 * @param sinks who is told
 * @param buffer where events wait
 */
public record CdcConfig(
        @Default("true") boolean enabled,
        @Default("false") boolean emitTtlDeletes,
        @Default("false") boolean emitInternalWrites,
        @Range(min = 0, max = 64) List<Sink> sinks,
        Buffer buffer) {

    /**
     * One receiver.
     *
     * @param type how it is told
     * @param url where it is
     * @param batchSize events a request
     * @param batchFlushMs longest wait for a batch to fill
     * @param includeBody sends documents, not only their keys
     * @param retryMaxS how long a failed batch is tried again
     * @param subjectPrefix subject of a message queue
     */
    public record Sink(
            SinkType type,
            @Scheme({"http", "https", "nats"}) URI url,
            @Default("100") @Range(min = 1, max = 100000) int batchSize,
            @Default("1000") @Range(min = 1, max = 600000) long batchFlushMs,
            @Default("false") boolean includeBody,
            @Default("3600") @Range(min = 0, max = 604800) int retryMaxS,
            @Default("miroir.cdc") String subjectPrefix) {}

    /** Ways to tell. */
    public enum SinkType {
        WEBHOOK,
        NATS
    }

    /**
     * Where events wait for their receivers.
     *
     * @param primary first
     * @param memoryBytes most of them in memory
     * @param overflow then
     * @param overflowBytes most of them on the volume, for each sink
     */
    @Former(
            value = "redis_bytes",
            now = "overflow_bytes",
            why = "there is no Redis: taken as overflow_bytes")
    public record Buffer(
            @Default("memory") Primary primary,
            @Default("67108864") @Range(min = 1048576, max = 17179869184.0) long memoryBytes,
            @Default("pvc") Overflow overflow,
            @Default("1073741824") @Range(min = 0, max = 1099511627776.0) long overflowBytes) {}

    /** Where events wait first. */
    public enum Primary {
        MEMORY,
        /** On the pod's volume. */
        @Former(value = "redis", why = "there is no Redis: events wait on the pods' volumes (pvc)")
        PVC
    }

    /** Where events wait that no longer fit. */
    public enum Overflow {
        /** On the pod's volume, with a copy on a second pod. */
        @Former(value = "redis", why = "there is no Redis: events wait on the pods' volumes (pvc)")
        PVC,
        /** Nowhere: they are counted and dropped. */
        DROP
    }
}
