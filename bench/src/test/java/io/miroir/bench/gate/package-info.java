/** What the gate says is what was measured. */
@NullMarked
package io.miroir.bench.gate;

import org.jspecify.annotations.NullMarked;
