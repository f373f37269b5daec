/** Which shard a key is in, which nodes a shard prefers, and how both are written in documents. */
@NullMarked
package io.miroir.core.routing;

import org.jspecify.annotations.NullMarked;
