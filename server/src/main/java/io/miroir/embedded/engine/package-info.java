/**
 * One index of the embedded node on Lucene: documents, settings and searches that behave as
 * Meilisearch's. Knows nothing of HTTP or tasks.
 */
@NullMarked
package io.miroir.embedded.engine;

import org.jspecify.annotations.NullMarked;
