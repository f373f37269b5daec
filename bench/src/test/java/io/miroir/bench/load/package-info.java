/** Figures are told as they were measured. */
@NullMarked
package io.miroir.bench.load;

import org.jspecify.annotations.NullMarked;
