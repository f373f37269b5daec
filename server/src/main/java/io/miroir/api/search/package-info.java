/** Search requests of every kind: strict validation in Meilisearch's words, then records. */
@NullMarked
package io.miroir.api.search;

import org.jspecify.annotations.NullMarked;
