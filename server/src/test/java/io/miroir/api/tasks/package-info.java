/** Queries over tasks. */
@NullMarked
package io.miroir.api.tasks;

import org.jspecify.annotations.NullMarked;
