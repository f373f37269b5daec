/** Requests on indexes themselves. */
@NullMarked
package io.miroir.api.indexes;

import org.jspecify.annotations.NullMarked;
