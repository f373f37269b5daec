package io.miroir.cluster.peer;

/** How a pod answers a greeting. */
public sealed interface Greeted {
    /** It knows no reason against the other. */
    record Welcome(PodFacts facts) implements Greeted {}

    /** The other must not take part as it is. */
    record Refused(String why) implements Greeted {}
}
