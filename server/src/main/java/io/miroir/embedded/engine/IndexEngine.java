package io.miroir.embedded.engine;

import io.miroir.api.ApiException;
import io.miroir.api.search.FacetSearchRequest;
import io.miroir.api.search.SearchRequest;
import io.miroir.api.search.SimilarRequest;
import java.io.Closeable;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One index. A single thread may change it while any number search it; a search sees the last
 * committed state. Requests that cannot be served throw {@link ApiException}.
 */
public interface IndexEngine extends Closeable {

    /**
     * Applies operations in their order and commits them durably, with their outcomes, before it
     * returns: a crash leaves the state of before or of after.
     *
     * @param indexUid the name of the index now, for messages
     */
    List<Outcome> apply(String indexUid, List<Step> steps);

    /** Frees the room on disk that replaced and deleted documents take. */
    void compact();

    /** What the last commit holds. */
    Applied applied();

    /** The primary key; null while none is known. */
    @Nullable String primaryKey();

    /** Searches. */
    SearchAnswer search(SearchContext context, SearchRequest request);

    /** Searches among the values of a facet. */
    FacetAnswer facetSearch(SearchContext context, FacetSearchRequest request);

    /** Searches for documents like one; the answer's query is null. */
    SearchAnswer similar(SearchContext context, SimilarRequest request);

    /** A document as it is stored; null if there is none. */
    @Nullable ObjectNode get(String id, @Nullable Set<String> fields, boolean retrieveVectors);

    /** A page of documents as they are stored. */
    DocumentPage list(SearchContext context, DocumentsQuery query);

    /** The fields that pass the filter of a {@code FieldsRequest}, by name. */
    List<ObjectNode> fields(ObjectNode filter);

    /** Figures. */
    IndexStats stats();
}
