package io.miroir.store.adminsession;

import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.RevokeAdminSessions;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;

/** Revokes admin sessions. */
public final class AdminSessionApplier {
    private AdminSessionApplier() {}

    public static Outcome revoke(Write write, RevokeAdminSessions command) {
        String all = "UPDATE admin_sessions SET revoked = 1 WHERE revoked = 0";
        int revoked =
                command.hasSessionId()
                        ? write.sql().update(all + " AND session_id = ?", command.getSessionId())
                        : write.sql().update(all);
        if (revoked > 0) {
            write.changed(
                    new Change.AdminSessionsRevoked(
                            command.hasSessionId() ? command.getSessionId() : null));
        }
        return Outcomes.count(revoked);
    }
}
