/** Read-your-writes sessions. */
@NullMarked
package io.miroir.store.session;

import org.jspecify.annotations.NullMarked;
