/**
 * Meilisearch's words, said once for the proxy and the embedded node: errors, JSON, and the rules
 * of identifiers. Knows no HTTP server.
 */
@NullMarked
package io.miroir.api;

import org.jspecify.annotations.NullMarked;
