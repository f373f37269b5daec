package io.miroir.cluster.identity;

import io.miroir.cluster.ClusterView;
import io.miroir.cluster.health.Identity;
import io.miroir.store.TaskStore;
import java.util.OptionalLong;

/** Whether a node may be used as the one that the cluster knows. */
public final class IdentityCheck implements Identity {
    private final ClusterView view;
    private final TaskStore store;
    private final NodeMarks marks;

    /** By what this pod believes. */
    public IdentityCheck(ClusterView view, TaskStore store, NodeMarks marks) {
        this.view = view;
        this.store = store;
        this.marks = marks;
    }

    @Override
    public Verdict of(String node) {
        // Nodes are not asked before the view has told which ones there are, and who they are.
        KnownLives.Life life = view.lives().of(node);
        if (life == null) {
            return unmarked(node);
        }
        return switch (marks.read(node)) {
            case Reading.Unknown unknown -> new Verdict.Unknown(unknown.why());
            case Reading.Unmarked _ -> new Verdict.Other("a server without its mark answers");
            case Reading.Marked marked when !marked.mark().life().equals(life.life()) ->
                    new Verdict.Other(
                            "a server with the mark of node " + marked.mark().node() + " answers");
            case Reading.Marked _ ->
                    tasksLost(store, marks, node, life.sinceTask())
                            ? new Verdict.Other("it has lost tasks that it took")
                            : new Verdict.Same();
        };
    }

    /** One that was not marked yet may be somebody else's: writing to it would harm them. */
    private Verdict unmarked(String node) {
        return marks.read(node) instanceof Reading.Marked marked
                        && !marked.mark().node().equals(node)
                ? new Verdict.Other(
                        "a server with the mark of node " + marked.mark().node() + " answers")
                : new Verdict.Same();
    }

    /**
     * Whether a node's latest task is before one that it took in this life. What it took is looked
     * up first: it goes on taking tasks, and one that was taken after it was asked is not lost.
     */
    static boolean tasksLost(TaskStore store, NodeMarks marks, String node, long sinceTask) {
        long taken = TakenTasks.highest(store, node, sinceTask);
        OptionalLong latest = marks.latestTask(node);
        return latest.isPresent() && latest.getAsLong() < taken;
    }
}
