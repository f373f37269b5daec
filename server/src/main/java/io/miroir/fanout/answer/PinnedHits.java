package io.miroir.fanout.answer;

import io.miroir.core.merge.Pinning.Pinned;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Documents that have places of their own in the answer to a search.
 *
 * @param hits by position, as nodes show them
 * @param ids their primary keys as text
 * @param answers of the nodes that they are from, with counts of them alone
 */
public record PinnedHits(List<Pinned<ObjectNode>> hits, Set<String> ids, List<ObjectNode> answers) {
    /** No document. */
    public static final PinnedHits NONE = new PinnedHits(List.of(), Set.of(), List.of());
}
