/** How log lines look and which are written. */
@NullMarked
package io.miroir.logging;

import org.jspecify.annotations.NullMarked;
