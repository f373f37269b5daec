/** The client to another Meilisearch, to which indexes are sent. */
@NullMarked
package io.miroir.fanout.export;

import org.jspecify.annotations.NullMarked;
