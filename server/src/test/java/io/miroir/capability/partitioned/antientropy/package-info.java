/** Tests of comparing replicas. */
@NullMarked
package io.miroir.capability.partitioned.antientropy;

import org.jspecify.annotations.NullMarked;
