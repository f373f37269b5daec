/** Gathers from the nodes what they still know, when no pod has any state left. */
@NullMarked
package io.miroir.cli.rebuild;

import org.jspecify.annotations.NullMarked;
