/**
 * Tasks and batches in Meilisearch's words: their kinds, their JSON, the queries that list them.
 */
@NullMarked
package io.miroir.api.tasks;

import org.jspecify.annotations.NullMarked;
