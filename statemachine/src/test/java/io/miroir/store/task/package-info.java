/** Tests of tasks and their queries. */
@NullMarked
package io.miroir.store.task;

import org.jspecify.annotations.NullMarked;
