/** Brings the replicas of each index to where the nodes' layout has them. */
@NullMarked
package io.miroir.capability.partitioned.move;

import org.jspecify.annotations.NullMarked;
