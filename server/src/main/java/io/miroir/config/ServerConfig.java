package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client and admin HTTP port, and what it accepts.
 *
 * @param bind address to listen on
 * @param port 0 takes any free port
 * @param maxBodyBytes largest request body, decompressed
 * @param maxSearchBodyBytes largest body of a search, which is made anew for each node
 * @param maxJsonBodyBytes largest body of settings and all else that is no document
 * @param jsonMemoryBytes what the bodies of both that are worked on take together, with what is
 *     read of them; 0: a quarter of the heap
 * @param jsonBodyTimeoutMs how long the body of either may take to come, and a second more for each
 *     MB of it
 * @param maxConcurrentRequests requests worked on at a time, half of them writes; more are answered
 *     503
 * @param requestTimeoutMs longest work on one request
 * @param drainTimeoutMs longest wait for running requests at shutdown
 * @param spoolDir where large bodies wait; the data directory if not set
 * @param spoolMemoryBytes of a body, what stays in memory before a file is used
 * @param spoolQuotaBytes all spooled bodies together
 * @param dumpDir where this pod keeps the dumps that it made; the data directory if not set
 * @param exportIpNetworks local networks that indexes may be sent to, beside the internet; like
 *     10.0.0.0/8
 * @param webhookIpNetworks local networks whose webhooks are told, beside the internet
 */
public record ServerConfig(
        @Default("0.0.0.0") String bind,
        @Default("7700") @Range(min = 0, max = 65535) int port,
        @Default("100000000") @Range(min = 1024, max = 1099511627776.0) long maxBodyBytes,
        @Default("16000000") @Range(min = 1024, max = 1073741824) long maxSearchBodyBytes,
        @Default("100000000") @Range(min = 1024, max = 1073741824) long maxJsonBodyBytes,
        @Default("0") @Range(min = 0, max = 1099511627776.0) long jsonMemoryBytes,
        @Default("60000") @Range(min = 100, max = 3600000) long jsonBodyTimeoutMs,
        @Default("500") @Range(min = 8, max = 100000) int maxConcurrentRequests,
        @Default("30000") @Range(min = 100, max = 3600000) long requestTimeoutMs,
        @Default("10000") @Range(min = 0, max = 600000) long drainTimeoutMs,
        @Nullable Path spoolDir,
        @Default("1048576") @Range(min = 0, max = 1073741824) long spoolMemoryBytes,
        @Default("4294967296") @Range(min = 0, max = 1099511627776.0) long spoolQuotaBytes,
        @Nullable Path dumpDir,
        @Range(min = 0, max = 64) List<String> exportIpNetworks,
        @Range(min = 0, max = 64) List<String> webhookIpNetworks) {

    /** Writes worked on at a time: the other half is kept for searches and all else. */
    public int maxConcurrentWrites() {
        return maxConcurrentRequests / 2;
    }

    /** Writes that may wait for one index: so few that a slow one leaves room for the others. */
    public int maxWaitingWrites() {
        return maxConcurrentWrites() / 2;
    }
}
