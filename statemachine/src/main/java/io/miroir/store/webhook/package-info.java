/** Where the tasks' ends are reported to. */
@NullMarked
package io.miroir.store.webhook;

import org.jspecify.annotations.NullMarked;
