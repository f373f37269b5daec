package io.miroir.store.adminsession;

import org.jspecify.annotations.Nullable;

/**
 * One login to the admin UI.
 *
 * @param adminKeySha256 64 hex digits: a rotated admin key ends its sessions
 * @param createdAt stamped by the store at the first put; ignored in a put
 * @param expiresAt store time; expired rows are removed by later puts
 * @param revoked set by logout, never unset
 */
public record AdminSessionRow(
        String sessionId,
        String csrfToken,
        String adminKeySha256,
        long createdAt,
        long expiresAt,
        boolean revoked,
        @Nullable String userAgent,
        @Nullable String sourceIp) {}
