/** Sends the cluster's indexes to another Meilisearch ({@code POST /export}). */
@NullMarked
package io.miroir.capability.leader.export;

import org.jspecify.annotations.NullMarked;
