/** Meilisearch's filter language: its grammar, its syntax tree and its messages. */
@NullMarked
package io.miroir.core.filter;

import org.jspecify.annotations.NullMarked;
