package io.miroir.store.session;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.EndSession;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.Session;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.Optional;

/** {@link Sessions} over commands and SQL. */
public final class SessionRoom implements Sessions {
    private final Proposer proposer;
    private final Reads reads;

    public SessionRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<Long> touch(String sessionId) {
        return propose(session(sessionId));
    }

    @Override
    public Reply<Long> pin(String sessionId, int group, long minSettingsVersion) {
        return propose(
                session(sessionId).setPinnedGroup(group).setMinSettingsVersion(minSettingsVersion));
    }

    @Override
    public Reply<Long> unpin(String sessionId) {
        return propose(session(sessionId).setUnpin(true));
    }

    @Override
    public Reply<Boolean> end(String sessionId) {
        return proposer.propose(
                Command.newBuilder().setEndSession(EndSession.newBuilder().setSessionId(sessionId)),
                Outcome::getExisted);
    }

    @Override
    public Optional<SessionRow> get(ReadLevel level, String sessionId) {
        return reads.point(level, sql -> SessionApplier.get(sql, sessionId, reads.nowMicros()));
    }

    @Override
    public long living(ReadLevel level) {
        return reads.scan(
                level,
                sql ->
                        sql.number(
                                "SELECT count(*) FROM sessions WHERE expires_at > ?",
                                reads.nowMicros()));
    }

    private static Session.Builder session(String sessionId) {
        if (sessionId.isEmpty() || sessionId.length() > ID_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "an id of " + sessionId.length() + " characters, 1 to " + ID_CHARS_MAX);
        }
        return Session.newBuilder().setSessionId(sessionId);
    }

    private Reply<Long> propose(Session.Builder touch) {
        return proposer.propose(
                Command.newBuilder().setTouchSession(touch), Outcome::getUntilMicros);
    }
}
