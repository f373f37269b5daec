/**
 * Finds replicas that differ although nobody noticed, and puts out those that a majority outvotes.
 */
@NullMarked
package io.miroir.capability.partitioned.antientropy;

import org.jspecify.annotations.NullMarked;
