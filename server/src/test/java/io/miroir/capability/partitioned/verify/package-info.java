/** Tests of comparing replicas. */
@NullMarked
package io.miroir.capability.partitioned.verify;

import org.jspecify.annotations.NullMarked;
