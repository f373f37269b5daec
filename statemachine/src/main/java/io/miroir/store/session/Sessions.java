package io.miroir.store.session;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.Optional;

/**
 * Sessions by id. A write that names a session makes it if need be, and its last write is recorded
 * by the command that gives the task its uid.
 *
 * <p>Each use gives it the limits' {@code sessionTtlMicros} again. Cap: the limits' {@code
 * sessionsMax}; beyond it the session that expires first, thus the one longest unused, makes room:
 * no session is ever refused.
 */
public interface Sessions {

    /**
     * Makes it, or lets it live on. A read need not call this each time: it is enough once a part
     * of the time to live has gone by.
     *
     * @return store time at which it ends
     */
    Reply<Long> touch(String sessionId);

    /**
     * Reads go to this group from now on, and need at least this settings version; makes the
     * session if need be.
     *
     * @param minSettingsVersion a lower one than the session has changes nothing
     * @return store time at which it ends
     */
    Reply<Long> pin(String sessionId, int group, long minSettingsVersion);

    /**
     * Reads may go to any group again.
     *
     * @return store time at which it ends
     */
    Reply<Long> unpin(String sessionId);

    /** Forgets it; answers whether there was one. */
    Reply<Boolean> end(String sessionId);

    /** Only while it lives. */
    Optional<SessionRow> get(ReadLevel level, String sessionId);

    /** How many live. */
    long living(ReadLevel level);

    /** Characters of an id; the edge refuses longer ones. */
    int ID_CHARS_MAX = 256;

    /** Open writes that a session remembers: the newest. */
    int PENDING_MAX = 64;
}
