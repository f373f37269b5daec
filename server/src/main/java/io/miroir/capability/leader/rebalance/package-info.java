/** Ends a change of the nodes when nothing is left to be moved. */
@NullMarked
package io.miroir.capability.leader.rebalance;

import org.jspecify.annotations.NullMarked;
