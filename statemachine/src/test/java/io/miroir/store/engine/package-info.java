/** Tests of the appliers, without a backend. */
@NullMarked
package io.miroir.store.engine;

import org.jspecify.annotations.NullMarked;
