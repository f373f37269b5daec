package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * Small writes that wait for the same index go to the nodes together. None waits for others: how
 * long one waits is said by {@code server.request_timeout_ms}.
 *
 * @param maxMergedRequests writes that go together; 1: each goes alone
 * @param maxMergedDocuments documents of one request to a node
 * @param maxMergedBytes bodies that go together, as clients sent them
 */
public record WritesConfig(
        @Default("256") @Range(min = 1, max = 1024) int maxMergedRequests,
        @Default("10000") @Range(min = 1, max = 1000000) int maxMergedDocuments,
        @Default("16777216") @Range(min = 1024, max = 1073741824) long maxMergedBytes) {}
