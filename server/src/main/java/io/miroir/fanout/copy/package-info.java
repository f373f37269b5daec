/**
 * Reads what two nodes have of the same shards, tells how they differ, and makes one as the other.
 */
@NullMarked
package io.miroir.fanout.copy;

import org.jspecify.annotations.NullMarked;
