package io.miroir.store.tenant;

import org.jspecify.annotations.Nullable;

/**
 * The tenant behind an API key.
 *
 * @param apiKeySha256 64 hex digits
 * @param groupId replica group that serves it; null leaves it to the hash
 */
public record TenantRow(String apiKeySha256, String tenantId, @Nullable Integer groupId) {}
