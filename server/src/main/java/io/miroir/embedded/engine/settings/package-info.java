/** An index's settings in the form in which indexing and searching use them. */
@NullMarked
package io.miroir.embedded.engine.settings;

import org.jspecify.annotations.NullMarked;
