/** A pod: builds, starts and stops its parts. */
@NullMarked
package io.miroir;

import org.jspecify.annotations.NullMarked;
