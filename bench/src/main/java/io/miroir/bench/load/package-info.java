/** Whole pods under load, beside one bare node and before nodes that do nothing. */
@NullMarked
package io.miroir.bench.load;

import org.jspecify.annotations.NullMarked;
