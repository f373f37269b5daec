/** Hits as clients see them: chosen fields, highlights and crops. */
@NullMarked
package io.miroir.embedded.engine.show;

import org.jspecify.annotations.NullMarked;
