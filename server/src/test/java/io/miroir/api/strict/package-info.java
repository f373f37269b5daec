/** Strict reading: which fault is told, in which words. */
@NullMarked
package io.miroir.api.strict;

import org.jspecify.annotations.NullMarked;
