/** Search UI configuration per index. */
@NullMarked
package io.miroir.store.searchui;

import org.jspecify.annotations.NullMarked;
