/** Tests of what is asked of another Meilisearch. */
@NullMarked
package io.miroir.fanout.export;

import org.jspecify.annotations.NullMarked;
