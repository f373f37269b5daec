package io.miroir.store.lease;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Duties of which one runs at a time. Leadership is Raft's: a leader's duty takes its lease through
 * {@code TaskStore.fencedBy(term)}, and takes over at once what a leader of an earlier term held.
 * Without a term, a lease is free when it was released or its time (store time) is over.
 *
 * <p>Cap: {@link #ROWS_MAX}. A lease that is over and was not touched for {@link
 * #FORGOTTEN_AFTER_MICROS} goes, with its phase.
 */
public interface Leases {

    /**
     * Takes it, with the phase in which it was left. The holder itself gets a new epoch: it may
     * have restarted.
     *
     * @param leaseMicros 1 ms to {@link #LEASE_MICROS_MAX}
     */
    Reply<Taking> take(String scope, String holder, long leaseMicros);

    /**
     * Goes on for {@code leaseMicros} from now, also after its time if nobody took it meanwhile.
     *
     * @param phaseJson the step that is done now; null keeps the last
     */
    Reply<Holding> renew(String scope, long epoch, long leaseMicros, @Nullable String phaseJson);

    /**
     * Gives it up.
     *
     * @param phaseJson where the next holder goes on; null if nothing is left to do
     */
    Reply<Holding> release(String scope, long epoch, @Nullable String phaseJson);

    /** Who holds it, or held it last; empty where nobody did or it was forgotten. */
    Optional<LeaseRow> get(ReadLevel level, String scope);

    /** By scope. */
    List<LeaseRow> list(ReadLevel level);

    int ROWS_MAX = 10_000;

    /** Ten years: as good as until it is released. */
    long LEASE_MICROS_MAX = 10L * 365 * 86_400 * 1_000_000;

    long FORGOTTEN_AFTER_MICROS = 7 * 86_400_000_000L;

    /** What came of a {@link #take}. */
    sealed interface Taking {
        record Taken(long epoch, String phaseJson, long expiresAt) implements Taking {}

        record Held(String holder, long epoch, long expiresAt) implements Taking {}

        record Full(int rowsMax) implements Taking {}
    }

    /** What came of a {@link #renew} or {@link #release}. */
    sealed interface Holding {
        record Renewed(long expiresAt) implements Holding {}

        record Released() implements Holding {}

        /** It is another's, or nobody's (empty, 0). */
        record Lost(String holder, long epoch) implements Holding {}
    }
}
