/** Tasks with dense uids: their life cycle and the whole query of GET /tasks. */
@NullMarked
package io.miroir.store.task;

import org.jspecify.annotations.NullMarked;
