/** How an index's nodes come from one set of settings to the next. */
@NullMarked
package io.miroir.core.settings;

import org.jspecify.annotations.NullMarked;
