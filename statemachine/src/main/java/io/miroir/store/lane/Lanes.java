package io.miroir.store.lane;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import java.util.List;
import java.util.Optional;

/** One lane per index orders its writes; its owner is fenced by the epoch of its claim. */
public interface Lanes {

    /**
     * Takes the lane over; whoever ran it is fenced from here on. A pod claims anew after a
     * restart: its earlier dispatches must be told apart from its later ones.
     */
    Reply<Claim> claim(String lane, String podId);

    /**
     * Gives a write its place in the lane, or answers what is known of its key; nothing is visible
     * of it yet (protocol rule 2).
     */
    Reply<Intention> intend(Intend intend);

    /** As {@link #intend}, of writes of one lane that come one after the other, in this order. */
    List<Reply<Intention>> intendAll(List<Intend> intends);

    /**
     * Makes a task of an intended write, and puts the replicas out that missed it, in one step.
     * Judged on the states of that moment: what it counts on must be in sync, and some replica of
     * each shard must stay so. Asked again after an answer that was lost, it answers the same task.
     */
    Reply<Binding> bind(Bind bind);

    /** As {@link #bind}, of writes of one lane: their tasks have uids in this order. */
    List<Reply<Binding>> bindAll(List<Bind> binds);

    /**
     * Ends an intent of which no node holds anything.
     *
     * @param reason for whoever reads the log, at most {@link #REASON_CHARS_MAX} characters
     */
    Reply<Abandonment> abandon(String lane, long epoch, long position, String reason);

    /** Tells what the lane's owner found of its index: where its nodes stand with settings. */
    Reply<Affecting> affect(String lane, long epoch, List<IndexEffect> effects);

    /**
     * Tells that a node has other settings than those of a version; says nothing where another is
     * in force by now. Whoever finds that may tell it: the lane's owner mends it.
     */
    Reply<Affecting> doubt(String lane, long incarnation, String nodeId, long version);

    /** Who runs the lane, and its next position; empty if nobody ever claimed it. */
    Optional<LaneRow> get(ReadLevel level, String lane);

    /** All lanes by name. */
    List<LaneRow> list(ReadLevel level);

    /** Unbound intents by position: what the next owner must settle first. */
    List<IntentRow> openIntents(ReadLevel level, String lane);

    /** Whether a change of the index must wait for a task that is a barrier in its lane. */
    boolean barred(ReadLevel level, String lane);

    /** Lanes that ever were claimed and not forgotten with their index. */
    int ROWS_MAX = 20_000;

    /** Unbound intents of one lane. */
    int OPEN_INTENTS_PER_LANE_MAX = 1_024;

    /** Unbound intents of all lanes. */
    int OPEN_INTENTS_MAX = 65_536;

    /** Names that one task may speak of, and exchange. */
    int NAMES_MAX = 1_024;

    /** Names that are kept of tasks that have ended; of more, a task is not found by them. */
    int NAME_ROWS_MAX = 100_000;

    /** Characters of {@link Intend#kind}; more is a bug of the caller. */
    int KIND_CHARS_MAX = 64;

    /** Characters of {@link Intend#idempotencyKey}: the edge refuses longer ones. */
    int IDEMPOTENCY_KEY_CHARS_MAX = 512;

    /** Characters of the reason of an {@link #abandon}. */
    int REASON_CHARS_MAX = 512;

    /** What came of a {@link #claim}. */
    sealed interface Claim {
        record Claimed(long epoch) implements Claim {}

        record Full(int rowsMax) implements Claim {}
    }

    /** What came of an {@link #intend}. */
    sealed interface Intention {
        /**
         * The write has its place.
         *
         * @param position the item's number in its lane
         * @param incarnation the index's, allotted just now if it was asked for
         */
        record Intended(long position, long incarnation) implements Intention {}

        /** Another claim has a higher epoch; owner is empty if nobody ever claimed the lane. */
        record Fenced(String owner, long epoch) implements Intention {}

        /** The key's write is done: this is its task. */
        record AlreadyBound(long taskUid) implements Intention {}

        /** The key's write is intended but not bound; its owner at that time had this epoch. */
        record Pending(long position, long epoch) implements Intention {}

        /** The key came with another body before. */
        record KeyReused() implements Intention {}

        /** A task that is a barrier in the lane has not ended. */
        record Barred() implements Intention {}

        /** The name stands for another index than the caller saw, or is an alias. */
        record IndexChanged() implements Intention {}

        /** Too many open intents or living idempotency keys; {@code what} names which. */
        record Full(String what, int rowsMax) implements Intention {}
    }

    /** What came of a {@link #bind}. */
    sealed interface Binding {
        record Bound(long taskUid, long enqueuedAt) implements Binding {}

        record Fenced(String owner, long epoch) implements Binding {}

        /** There is no such open intent: abandoned, or bound long ago. */
        record NotIntended() implements Binding {}

        /** Replicas went out since it was decided: nothing is done, decide again. */
        record StatesChanged() implements Binding {}
    }

    /** What came of an {@link #affect} or a {@link #doubt}. */
    sealed interface Affecting {
        record Affected() implements Affecting {}

        record Fenced(String owner, long epoch) implements Affecting {}
    }

    /** What came of an {@link #abandon}. */
    sealed interface Abandonment {
        record Abandoned() implements Abandonment {}

        record Fenced(String owner, long epoch) implements Abandonment {}

        record NotIntended() implements Abandonment {}
    }
}
