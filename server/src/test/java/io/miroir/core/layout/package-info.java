/** Tests of changing the fleet. */
@NullMarked
package io.miroir.core.layout;

import org.jspecify.annotations.NullMarked;
