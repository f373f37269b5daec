/** Formats of commands: what a program knows, and what the whole cluster is known to know. */
@NullMarked
package io.miroir.store.format;

import org.jspecify.annotations.NullMarked;
