/** Tests of bringing replicas back. */
@NullMarked
package io.miroir.capability.partitioned.repair;

import org.jspecify.annotations.NullMarked;
