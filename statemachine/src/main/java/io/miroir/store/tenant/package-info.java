/** API key to tenant mapping. */
@NullMarked
package io.miroir.store.tenant;

import org.jspecify.annotations.NullMarked;
