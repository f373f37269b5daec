package io.miroir.cluster.identity;

import org.jspecify.annotations.Nullable;

/** Decides what follows from a node's mark (protocol, rule 15). */
final class LifePlan {
    private LifePlan() {}

    /**
     * What is known.
     *
     * @param life that the cluster knows the node by; null if it never was marked
     * @param written the life that was written on it lately and not yet seen there; null for none
     * @param tasksLost whether its latest task is before one that it took in this life
     */
    record Known(
            String cluster,
            String node,
            @Nullable String life,
            @Nullable String written,
            boolean tasksLost) {}

    /** What to do. */
    sealed interface Step {
        /** It is who it was, or nobody can say. */
        record Nothing() implements Step {}

        /** It is given its first mark. */
        record Mark() implements Step {}

        /** It is somebody else by now, and begins a new life: nothing that it has is believed. */
        record Renew(String why) implements Step {}

        /** It has this mark: from here on it is known by it. */
        record Recognise(String life) implements Step {}

        /** It belongs to others: it is not used, and not written to. */
        record Refuse(String why) implements Step {}
    }

    static Step decide(Known known, Reading found) {
        return switch (found) {
            case Reading.Unknown _ -> new Step.Nothing();
            case Reading.Unmarked _ -> unmarked(known);
            case Reading.Marked marked -> marked(known, marked.mark());
        };
    }

    private static Step unmarked(Known known) {
        if (known.written() != null) {
            return new Step.Nothing();
        }
        return known.life() == null ? new Step.Mark() : new Step.Renew("it has no mark");
    }

    private static Step marked(Known known, NodeMark mark) {
        if (mark.life().equals(known.written())) {
            return new Step.Recognise(mark.life());
        }
        if (!mark.node().equals(known.node())) {
            return new Step.Refuse("it is marked as node " + mark.node());
        }
        if (known.life() == null) {
            // As after a rebuild, whose state knows nothing of marks.
            return known.written() == null ? new Step.Mark() : new Step.Nothing();
        }
        if (!mark.cluster().equals(known.cluster())) {
            return new Step.Refuse("it is marked as a node of another cluster");
        }
        if (!mark.life().equals(known.life())) {
            return known.written() == null
                    ? new Step.Renew("it has the mark of an earlier disk")
                    : new Step.Nothing();
        }
        return known.tasksLost() && known.written() == null
                ? new Step.Renew("it has lost tasks that it took")
                : new Step.Nothing();
    }
}
