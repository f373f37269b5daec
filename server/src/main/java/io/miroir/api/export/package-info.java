/** Requests to send indexes to another Meilisearch. */
@NullMarked
package io.miroir.api.export;

import org.jspecify.annotations.NullMarked;
