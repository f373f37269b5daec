/** The decision gate: the task store beside Redis, row by row. */
@NullMarked
package io.miroir.bench.gate;

import org.jspecify.annotations.NullMarked;
