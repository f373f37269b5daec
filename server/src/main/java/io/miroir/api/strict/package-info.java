/**
 * Strict reading of request bodies and query parameters: unknown fields, wrong kinds and missing
 * fields are refused in Meilisearch's words, at the first fault in the client's order.
 */
@NullMarked
package io.miroir.api.strict;

import org.jspecify.annotations.NullMarked;
