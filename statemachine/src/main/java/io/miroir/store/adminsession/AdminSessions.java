package io.miroir.store.adminsession;

import io.miroir.store.Reply;
import io.miroir.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Logins to the admin UI, by id. A row goes at its {@code expiresAt}; until then a revoked one
 * stays and says so. Watchers hear of a revocation as {@code Change.AdminSessionsRevoked}.
 */
public interface AdminSessions extends Table<String, AdminSessionRow> {

    /**
     * Ends sessions on all pods; a put that was decided before does not undo it.
     *
     * @param sessionId null for all there are, as when the admin key is rotated
     * @return how many were not revoked before
     */
    Reply<Integer> revoke(@Nullable String sessionId);

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 10_000;
}
