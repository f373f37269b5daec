/** Kills that find a program where they are meant to. */
@NullMarked
package io.miroir.trap;

import org.jspecify.annotations.NullMarked;
