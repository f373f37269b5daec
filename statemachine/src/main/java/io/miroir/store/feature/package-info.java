/** Experimental features that were switched. */
@NullMarked
package io.miroir.store.feature;

import org.jspecify.annotations.NullMarked;
