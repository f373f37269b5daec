/** Replica state: per node and shard, whether the replica took every write. */
@NullMarked
package io.miroir.store.replica;

import org.jspecify.annotations.NullMarked;
