package io.miroir.fanout.lane;

import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.spool.Spooled;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Documents on their way to nodes, in a request that may hold those of others as well: for one
 * document a node keeps the last, or adds up the parts in their order, as if each had come alone.
 *
 * @param method {@code POST} replaces documents, {@code PUT} updates them
 * @param rest the path below the index, with what the nodes are told besides
 * @param parts for each node its documents, one a line, not yet placed
 * @param received how many there are
 * @param different how many different ones, which a node counts; empty if others' must not come
 *     into the request, since a node may refuse these for what they are
 * @param timeout for the whole exchange
 */
record Documents(
        String method,
        String rest,
        Map<String, Spooled> parts,
        long received,
        OptionalLong different,
        Duration timeout)
        implements Item.Steps {
    private static final String NDJSON = "application/x-ndjson";

    /** One of a request, at its place. */
    record Placed(Documents documents, Place place) {}

    @Override
    public List<Item.Step> of(String nodeId, Place place) {
        return List.of(together(nodeId, List.of(new Placed(this, place)), place.mark()));
    }

    /** Whether both can be in one request. */
    boolean joins(Documents other) {
        return different.isPresent()
                && other.different.isPresent()
                && method.equals(other.method)
                && rest.equals(other.rest);
    }

    /** The request that holds all of these, in their order. */
    static Item.Step together(String nodeId, List<Placed> all, Mark mark) {
        Documents first = all.getFirst().documents();
        long lengthBytes =
                all.stream().mapToLong(one -> one.documents().part(nodeId).lengthBytes()).sum();
        NodeBody body =
                new NodeBody.Stream(
                        NDJSON,
                        lengthBytes,
                        () ->
                                new ChainedStream(
                                        all.stream().map(one -> opened(nodeId, one)).iterator()));
        return new Item.Step(
                new NodeRequest(
                                "write",
                                first.method(),
                                all.getFirst().place().markedPath(first.rest(), mark),
                                body,
                                first.timeout())
                        .expecting(AnswerShape.ENQUEUED),
                mark);
    }

    /** What all parts take. */
    long lengthBytes() {
        return parts.values().stream().mapToLong(Spooled::lengthBytes).sum();
    }

    /** The same, to be closed by whoever asked for it. */
    Documents share() {
        Map<String, Spooled> shared = new TreeMap<>();
        parts.forEach((node, part) -> shared.put(node, part.share()));
        return new Documents(method, rest, shared, received, different, timeout);
    }

    void close() {
        parts.values().forEach(Spooled::close);
    }

    private Spooled part(String nodeId) {
        return parts.getOrDefault(nodeId, Spooled.empty());
    }

    private static InputStream opened(String nodeId, Placed one) {
        return new StampedStream(one.documents().part(nodeId).open(), one.place().position());
    }
}
