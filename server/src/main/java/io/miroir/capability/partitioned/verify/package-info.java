/** Compares replicas that nobody vouches for, as after a restore, and believes those that agree. */
@NullMarked
package io.miroir.capability.partitioned.verify;

import org.jspecify.annotations.NullMarked;
