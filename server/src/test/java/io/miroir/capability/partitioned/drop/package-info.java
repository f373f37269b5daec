/** Tests of what becomes of indexes that nodes keep although they were deleted. */
@NullMarked
package io.miroir.capability.partitioned.drop;

import org.jspecify.annotations.NullMarked;
