/** Tests of seals. */
@NullMarked
package io.miroir.store.seal;

import org.jspecify.annotations.NullMarked;
