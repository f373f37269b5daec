package io.miroir.fanout.read;

import io.miroir.api.ErrorCode;
import io.miroir.cluster.IndexView;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.rules.Pin;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.answer.PinnedCall;
import io.miroir.fanout.answer.PinnedHits;
import io.miroir.fanout.answer.ReservedFields;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * The documents that rules of clients pin in a search: looked up by their keys before it, and
 * searched for by themselves after it. The same replicas are asked each time: what one shows, the
 * next has.
 */
final class PinnedReads {
    private final IndexAsks asks;
    private final Pinner pinner;
    private final ReadMetrics metrics;

    PinnedReads(IndexAsks asks, Pinner pinner, ReadMetrics metrics) {
        this.asks = asks;
        this.pinner = pinner;
        this.metrics = metrics;
    }

    /** The documents that there are, and who said so. */
    record LookedUp(PinnedCall call, Coverage from) {}

    /** The documents as the client sees them, and who showed them. */
    record Shown(PinnedHits hits, Coverage found, Coverage marked) {}

    /** What is to be pinned in a search, if it is there; what goes first comes first. */
    List<Pin> pins(IndexView index, ObjectNode body) {
        return pinner.pins(index, body);
    }

    /**
     * Looks up which of them there are.
     *
     * @param body the client's search, valid already
     */
    LookedUp lookUp(IndexView index, ObjectNode body, List<Pin> pins, AnswerBudget.Share share) {
        ReservedFields.refuse(body, ErrorCode.INVALID_SEARCH_FILTER);
        String key = Objects.requireNonNull(index.row().primaryKey());
        PinnedCall.LookUp lookUp =
                PinnedCall.LookUp.of(body, SearchJourney.profile(index), key, pins);
        Coverage fetched = fetch(index, body, lookUp, share);
        if (fetched.refusal().isPresent() && lookUp.isFiltered()) {
            // What is wrong with the client's filter is told by the search.
            fetched = fetch(index, body, lookUp.withoutFilter(), share);
        }
        asks.requireWholeBeside(fetched);
        PinnedCall call = lookUp.found(fetched.answers());
        metrics.pinsPassedOver(call.passedOver());
        return new LookedUp(call, fetched);
    }

    private Coverage fetch(
            IndexView index, ObjectNode body, PinnedCall.LookUp lookUp, AnswerBudget.Share share) {
        return asks.ask(
                IndexAsks.What.DOCUMENTS,
                index,
                shards(index, lookUp.pins()),
                body,
                share,
                lookUp::nodeRequest);
    }

    /** Searches for those that the client may see. */
    Shown show(IndexView index, ObjectNode body, PinnedCall call, AnswerBudget.Share share) {
        ShardSet where = shards(index, call.pins());
        Coverage found =
                asks.ask(IndexAsks.What.SEARCH, index, where, body, share, call::nodeRequest);
        asks.requireWholeBeside(found);
        Coverage marked = Coverage.NONE;
        if (call.marksWords()) {
            marked =
                    asks.ask(IndexAsks.What.SEARCH, index, where, body, share, call::markedRequest);
        }
        asks.requireWholeBeside(marked);
        return new Shown(call.hits(found.answers(), marked.answers()), found, marked);
    }

    private static ShardSet shards(IndexView index, List<Pin> pins) {
        return ShardSet.of(
                pins.stream()
                        .map(pin -> Rendezvous.shard(pin.id(), index.topology().shards()))
                        .distinct()
                        .toList());
    }
}
