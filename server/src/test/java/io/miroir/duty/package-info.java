/** Tests of background work. */
@NullMarked
package io.miroir.duty;

import org.jspecify.annotations.NullMarked;
