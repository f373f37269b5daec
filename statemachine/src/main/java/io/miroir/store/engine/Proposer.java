package io.miroir.store.engine;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Gives commands their place in the order; what a backend is to the rooms. */
@FunctionalInterface
public interface Proposer {

    /** Waits for the command's outcome, at most for the backend's deadline. */
    Reply<Outcome> propose(Command command);

    /**
     * Waits for the outcomes of commands that come one after the other, in this order; none waits
     * for the one before it where the backend can have them together.
     */
    default List<Reply<Outcome>> proposeAll(List<Command> commands) {
        return commands.stream().map(this::propose).toList();
    }

    /** As {@link #propose(Command)}, in the room's own words. */
    default <T> Reply<T> propose(Command.Builder builder, Function<Outcome, T> words) {
        Command command = builder.build();
        return told(command, propose(command), words);
    }

    /** As {@link #proposeAll(List)}, in the room's own words. */
    default <T> List<Reply<T>> proposeAll(List<Command> commands, Function<Outcome, T> words) {
        List<Reply<Outcome>> replies = proposeAll(commands);
        List<Reply<T>> told = new ArrayList<>();
        for (int i = 0; i < commands.size(); i++) {
            told.add(told(commands.get(i), replies.get(i), words));
        }
        return told;
    }

    private static <T> Reply<T> told(
            Command command, Reply<Outcome> reply, Function<Outcome, T> words) {
        return switch (reply) {
            case Reply.Refused<Outcome> refused -> new Reply.Refused<>(refused.refusal());
            case Reply.Applied<Outcome> applied -> {
                Outcome outcome = applied.outcome();
                if (outcome.hasDeposed()) {
                    long term = command.getFencingTerm();
                    long now = outcome.getDeposed().getCurrentTerm();
                    yield new Reply.Refused<>(new Refusal.Deposed(term, now));
                }
                if (outcome.hasRejected()) {
                    String kind = String.valueOf(command.getKindCase());
                    yield new Reply.Refused<>(new Refusal.Rejected(kind + " failed on every pod"));
                }
                yield new Reply.Applied<>(applied.index(), words.apply(outcome));
            }
        };
    }

    /** The same, for commands that must take effect in one term only. */
    default Proposer fencedBy(long term) {
        return command -> propose(command.toBuilder().setFencingTerm(term).build());
    }

    /** For an outcome that the command cannot have: a bug, here or in a newer pod. */
    static IllegalStateException unexpected(Outcome outcome) {
        return new IllegalStateException("unexpected outcome " + outcome.getKindCase());
    }
}
