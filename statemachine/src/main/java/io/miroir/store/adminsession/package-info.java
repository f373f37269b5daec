/** Admin UI sessions and their revocation. */
@NullMarked
package io.miroir.store.adminsession;

import org.jspecify.annotations.NullMarked;
