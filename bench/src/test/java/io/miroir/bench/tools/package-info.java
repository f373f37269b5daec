/** What the gate says is what was measured. */
@NullMarked
package io.miroir.bench.tools;

import org.jspecify.annotations.NullMarked;
