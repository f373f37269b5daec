/** What all keyed tables share: upsert, delete, get and list, with cap and expiry. */
@NullMarked
package io.miroir.store.table;

import org.jspecify.annotations.NullMarked;
