package io.miroir.cluster.peer;

/** What came of passing a write to another pod. */
public sealed interface Passing {
    /** The owner ran it. */
    record Answered(PassedAnswer answer) implements Passing {}

    /** The pod was not reached or is not the owner: it has seen nothing of the body. */
    record NotTaken(String why) implements Passing {}

    /** The pod began to read the body, then was lost: the write may have taken effect. */
    record Lost(String why) implements Passing {}
}
