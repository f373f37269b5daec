/** Takes indexes that were deleted from nodes that could not be told, or did not do it. */
@NullMarked
package io.miroir.capability.partitioned.drop;

import org.jspecify.annotations.NullMarked;
