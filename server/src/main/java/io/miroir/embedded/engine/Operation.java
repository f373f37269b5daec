package io.miroir.embedded.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Something that changes an index. Each is applied wholly or refused wholly. */
public sealed interface Operation {

    /** Adds documents; one whose id is known takes the old one's place. */
    record AddOrReplace(DocumentSource documents, boolean skipCreation) implements Operation {}

    /** Adds documents; one whose id is known adds its fields to the old one's. */
    record AddOrUpdate(DocumentSource documents, boolean skipCreation) implements Operation {}

    /** Deletes documents by id; unknown ids are passed over. */
    record DeleteByIds(List<String> ids) implements Operation {}

    /**
     * Deletes the documents a filter selects.
     *
     * @param filter as {@link io.miroir.api.search.FilterInput} reads it; one that filters nothing
     *     deletes nothing
     */
    record DeleteByFilter(JsonNode filter) implements Operation {}

    /** Deletes every document. */
    record Clear() implements Operation {}

    /**
     * Takes over new settings and builds anew what depends on them.
     *
     * @param settings the index's complete settings, as {@code GET /indexes/{uid}/settings} shows
     *     them (secrets apart); what is absent or null has its default
     */
    record UseSettings(ObjectNode settings) implements Operation {}

    /**
     * Names the primary key, before the first documents.
     *
     * @param primaryKey the attribute; null while there is none
     */
    record UsePrimaryKey(@Nullable String primaryKey) implements Operation {}
}
