/** The three ways background work is shared among pods: partitioned, leader-only, queued. */
@NullMarked
package io.miroir.duty;

import org.jspecify.annotations.NullMarked;
