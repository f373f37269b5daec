package io.miroir.fanout.lane;

import io.miroir.store.ReadLevel;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;

/**
 * Takes back what made an index, where a cancelation asks for it (protocol, rule 6). Nodes are let
 * do it, since what is sent behind it relies on it; then the index goes, if nothing came behind it
 * that is to stay. While that is found out the lane is held, so that nothing comes.
 */
final class Undoing {
    private final LaneContext context;
    private final BiFunction<Line.Head, Map<Long, Long>, Optional<Ending>> ends;
    private final BiPredicate<Line, List<Ending>> finish;
    private volatile Stop stop = (_, _) -> Optional.empty();

    /** Keeps writes of a lane from beginning while something is done. */
    @FunctionalInterface
    interface Stop {
        /** Does it; empty if the lane is another pod's, or its turn did not come. */
        Optional<Boolean> hold(String lane, LaneHolder.Held<Boolean> work)
                throws InterruptedException;
    }

    /** What became of it. */
    enum Outcome {
        /** It goes on as if nobody had asked. */
        NOT_ASKED,
        /** It is not clear yet, and to be looked at again. */
        LATER,
        UNDONE
    }

    /**
     * Undoes what lines are at.
     *
     * @param ends how a task ends, as far as that is clear
     * @param finish tells the store; false if one could not be ended yet
     */
    Undoing(
            LaneContext context,
            BiFunction<Line.Head, Map<Long, Long>, Optional<Ending>> ends,
            BiPredicate<Line, List<Ending>> finish) {
        this.context = context;
        this.ends = ends;
        this.finish = finish;
    }

    /** From now on lanes can be held. */
    void holdWith(Stop held) {
        stop = held;
    }

    /**
     * Undoes the first of a line's tasks, if it made the index.
     *
     * @param heads the line's tasks
     * @param whole whether these are all
     */
    Outcome undo(Line line, List<Line.Head> heads, boolean whole) throws InterruptedException {
        Tracked made = heads.getFirst().task();
        if (!made.details().creates()) {
            return Outcome.NOT_ASKED;
        }
        Tasks tasks = context.store().tasks();
        Map<Long, Long> asking = Cancelation.open(tasks);
        String lane = made.place().lane();
        if (!whole
                || !heads.stream().allMatch(head -> asking.containsKey(head.task().uid()))
                || context.store().lanes().barred(ReadLevel.LOCAL, lane)) {
            return Outcome.NOT_ASKED;
        }
        Optional<Ending> end = ends.apply(heads.getFirst(), asking);
        if (end.isEmpty() || isFault(end.get())) {
            return Outcome.NOT_ASKED;
        }
        List<Ending> all = new ArrayList<>();
        all.add(Ending.undone(heads.getFirst(), asking));
        for (Line.Head behind : heads.subList(1, heads.size())) {
            Optional<Ending> its = ends.apply(behind, asking);
            if (its.isEmpty()) {
                return Outcome.LATER;
            }
            if (!its.get().isCanceled()) {
                return Outcome.NOT_ASKED;
            }
            all.add(its.get());
        }
        boolean undone =
                stop.hold(lane, _ -> finish(line, heads.size(), Ending.attributed(all, tasks)))
                        .orElse(false);
        if (undone) {
            LaneResume.dropPhysical(context, made.place().incarnation());
        }
        return undone ? Outcome.UNDONE : Outcome.LATER;
    }

    /** Whether it came to be known only from nodes: then there is nothing to take back. */
    private static boolean isFault(Ending end) {
        return end.end().status() == TaskStatus.FAILED && end.task().details().error() == null;
    }

    private boolean finish(Line line, int tasks, List<Ending> endings) {
        String lane = endings.getFirst().task().place().lane();
        if (line.heads(tasks + 1).size() > tasks
                || !context.store().lanes().openIntents(ReadLevel.LOCAL, lane).isEmpty()
                || !finish.test(line, endings)) {
            return false;
        }
        // The next write makes the index anew.
        context.view().catchUp();
        return true;
    }
}
