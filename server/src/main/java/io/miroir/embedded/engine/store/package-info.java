/** Documents in Lucene: how they are written, and a consistent view of them to search in. */
@NullMarked
package io.miroir.embedded.engine.store;

import org.jspecify.annotations.NullMarked;
