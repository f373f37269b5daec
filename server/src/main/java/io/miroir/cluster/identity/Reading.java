package io.miroir.cluster.identity;

/** What a look at a node's mark tells. */
sealed interface Reading {
    /** It has one. */
    record Marked(NodeMark mark) implements Reading {}

    /** It answers, and has none. */
    record Unmarked() implements Reading {}

    /** Nobody can say. */
    record Unknown(String why) implements Reading {}
}
