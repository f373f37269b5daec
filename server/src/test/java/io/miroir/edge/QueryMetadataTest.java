package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class QueryMetadataTest {
    /** As Meilisearch reads the header: other values ask for nothing, and are no error. */
    @Test
    void itIsAskedForInAFewWays() {
        for (String yes : List.of("true", "True", "TRUE", "1")) {
            assertTrue(QueryMetadata.isYes(yes), yes);
        }
        for (String no : List.of("", "false", "0", "yes", " true")) {
            assertFalse(QueryMetadata.isYes(no), no);
        }
        assertFalse(QueryMetadata.isYes(null));
    }
}
