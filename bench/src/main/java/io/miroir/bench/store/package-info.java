/** The task store's parts by themselves: applying commands, querying tasks. */
@NullMarked
package io.miroir.bench.store;

import org.jspecify.annotations.NullMarked;
