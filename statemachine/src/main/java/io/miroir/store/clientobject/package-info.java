/** What clients configure as one object: the network, their search rules. */
@NullMarked
package io.miroir.store.clientobject;

import org.jspecify.annotations.NullMarked;
