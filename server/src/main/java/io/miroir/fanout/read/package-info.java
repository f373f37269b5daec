/** Reads: whom to ask, asking, and asking others when someone fails. */
@NullMarked
package io.miroir.fanout.read;

import org.jspecify.annotations.NullMarked;
