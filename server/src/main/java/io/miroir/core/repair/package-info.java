/** Which replica is copied from which. */
@NullMarked
package io.miroir.core.repair;

import org.jspecify.annotations.NullMarked;
