/** Tests of seals. */
@NullMarked
package io.miroir.cluster.seal;

import org.jspecify.annotations.NullMarked;
