/**
 * Brings replicas that missed something back: copies to them what they lack, while writes go on.
 */
@NullMarked
package io.miroir.capability.partitioned.repair;

import org.jspecify.annotations.NullMarked;
