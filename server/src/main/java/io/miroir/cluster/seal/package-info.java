/** The keys by which secrets lie sealed in the task store. */
@NullMarked
package io.miroir.cluster.seal;

import org.jspecify.annotations.NullMarked;
