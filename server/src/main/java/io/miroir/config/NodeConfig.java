package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;
import io.miroir.config.bind.Scheme;
import java.net.URI;

/**
 * One Meilisearch server.
 *
 * @param id stable and unique: never used again after its removal
 * @param address its URL
 * @param replicaGroup the group it belongs to
 */
public record NodeConfig(
        String id,
        @Scheme({"http", "https"}) URI address,
        @Default("0") @Range(min = 0, max = 1023) int replicaGroup) {}
