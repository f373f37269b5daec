/** Which documents match a query, and in which order: Meilisearch's ranking rules. */
@NullMarked
package io.miroir.embedded.engine.rank;

import org.jspecify.annotations.NullMarked;
