/** Dynamic search rules, as clients write them. */
@NullMarked
package io.miroir.api.rules;

import org.jspecify.annotations.NullMarked;
