/** The search UI's keys: generations, who uses which, when the old one may go. */
@NullMarked
package io.miroir.store.scopedkey;

import org.jspecify.annotations.NullMarked;
