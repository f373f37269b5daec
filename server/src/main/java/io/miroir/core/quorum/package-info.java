/** When a write counts. */
@NullMarked
package io.miroir.core.quorum;

import org.jspecify.annotations.NullMarked;
