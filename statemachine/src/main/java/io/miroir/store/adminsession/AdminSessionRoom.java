package io.miroir.store.adminsession;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.RevokeAdminSessions;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;
import org.jspecify.annotations.Nullable;

/** {@link AdminSessions} over commands and SQL. */
public final class AdminSessionRoom extends KeyedRoom<String, AdminSessionRow>
        implements AdminSessions {
    public static final KeyedTable<String, AdminSessionRow> TABLE =
            new KeyedTable<>(new AdminSessionTable());

    private final Proposer proposer;

    public AdminSessionRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
        this.proposer = proposer;
    }

    @Override
    public Reply<Integer> revoke(@Nullable String sessionId) {
        RevokeAdminSessions.Builder revoke = RevokeAdminSessions.newBuilder();
        if (sessionId != null) {
            revoke.setSessionId(sessionId);
        }
        return proposer.propose(
                Command.newBuilder().setRevokeAdminSessions(revoke),
                outcome -> Math.toIntExact(outcome.getCount()));
    }
}
