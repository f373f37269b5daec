/** What clients configure as one object: the network. */
@NullMarked
package io.miroir.store.clientobject;

import org.jspecify.annotations.NullMarked;
