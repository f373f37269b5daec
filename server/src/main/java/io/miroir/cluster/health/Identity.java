package io.miroir.cluster.health;

/** Whether the server that answers for a node is the node (protocol, rule 15). */
@FunctionalInterface
public interface Identity {
    /** Asks the node; not for long. */
    Verdict of(String nodeId);

    /** What was found. */
    sealed interface Verdict {
        /** It is the node, or nothing speaks against it. */
        record Same() implements Verdict {}

        /** It is not: nothing may be read from it. */
        record Other(String why) implements Verdict {}

        /** Nobody can say. */
        record Unknown(String why) implements Verdict {}
    }
}
