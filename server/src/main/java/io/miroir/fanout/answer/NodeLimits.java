package io.miroir.fanout.answer;

/** What nodes are asked where the client's own limit would be applied too early. */
final class NodeLimits {
    /**
     * Values of a facet that a node gives for merged facets. Above this many different values the
     * merged counts are those of the values that the nodes kept.
     */
    static final int FEDERATED_FACET_VALUES = 100_000;

    private NodeLimits() {}
}
