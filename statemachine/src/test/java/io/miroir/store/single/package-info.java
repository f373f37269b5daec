/** Tests of the single pod's store. */
@NullMarked
package io.miroir.store.single;

import org.jspecify.annotations.NullMarked;
