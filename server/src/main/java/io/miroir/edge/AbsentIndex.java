package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.search.RequestChecks;
import io.miroir.cluster.StoredNetwork;
import io.miroir.fanout.read.ReadReply;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** One server reads a search's filter before it looks whether there is such an index. */
final class AbsentIndex {
    private AbsentIndex() {}

    /**
     * Searches.
     *
     * @throws ApiException {@code index_not_found} only if nothing else is wrong with the query
     *     that is told before
     */
    static ReadReply last(ObjectNode query, StoredNetwork network, Supplier<ReadReply> search) {
        try {
            return search.get();
        } catch (ApiException refused) {
            if (refused.code() == ErrorCode.INDEX_NOT_FOUND) {
                RequestChecks.check(query, network.features());
            }
            throw refused;
        }
    }
}
