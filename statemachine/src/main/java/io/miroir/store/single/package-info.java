/** The backend of one pod: the same appliers without a log. */
@NullMarked
package io.miroir.store.single;

import org.jspecify.annotations.NullMarked;
