/**
 * What the embedded node remembers besides documents: tasks, the catalogue of indexes, keys,
 * features and webhooks, in one journal on disk and in memory.
 */
@NullMarked
package io.miroir.embedded.store;

import org.jspecify.annotations.NullMarked;
