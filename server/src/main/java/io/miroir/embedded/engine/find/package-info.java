/** Filters, facets and lists: what needs values of attributes but no words. */
@NullMarked
package io.miroir.embedded.engine.find;

import org.jspecify.annotations.NullMarked;
