/** Dynamic search rules: which hold for a search, and what they pin where. */
@NullMarked
package io.miroir.core.rules;

import org.jspecify.annotations.NullMarked;
