/** The nodes, their groups and the shard counts, as one versioned document. */
@NullMarked
package io.miroir.store.topology;

import org.jspecify.annotations.NullMarked;
