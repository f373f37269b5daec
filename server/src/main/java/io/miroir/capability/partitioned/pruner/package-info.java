/** Forgets finished tasks when they are old. */
@NullMarked
package io.miroir.capability.partitioned.pruner;

import org.jspecify.annotations.NullMarked;
