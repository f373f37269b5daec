/** How the nodes stand in groups, how that may change, and what would move then. */
@NullMarked
package io.miroir.core.layout;

import org.jspecify.annotations.NullMarked;
