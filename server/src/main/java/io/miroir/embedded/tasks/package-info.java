/** The embedded node's task queue: accepting tasks, working on them one batch after the other. */
@NullMarked
package io.miroir.embedded.tasks;

import org.jspecify.annotations.NullMarked;
