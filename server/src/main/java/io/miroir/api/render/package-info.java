/** Templates that clients want to see rendered. */
@NullMarked
package io.miroir.api.render;

import org.jspecify.annotations.NullMarked;
