/** Which settings version each node was last verified to have. */
@NullMarked
package io.miroir.store.nodesettings;

import org.jspecify.annotations.NullMarked;
