/**
 * The embedded node: a small server that speaks Meilisearch's API, for demonstrations, tests and
 * laptops.
 */
@NullMarked
package io.miroir.embedded;

import org.jspecify.annotations.NullMarked;
