/** Replays what a real Meilisearch 1.50 answered against a server of ours, step by step. */
@NullMarked
package io.miroir.conformance;

import org.jspecify.annotations.NullMarked;
