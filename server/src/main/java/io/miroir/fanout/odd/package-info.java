/** Calls of hosts whose names are none to Java's client of HTTP. */
@NullMarked
package io.miroir.fanout.odd;

import org.jspecify.annotations.NullMarked;
