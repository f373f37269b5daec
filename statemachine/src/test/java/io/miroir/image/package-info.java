/** Programs that tests start often, made so that they start quickly. */
@NullMarked
package io.miroir.image;

import org.jspecify.annotations.NullMarked;
