/** Webhooks: where finished tasks are told, and the requests that manage them. */
@NullMarked
package io.miroir.api.webhooks;

import org.jspecify.annotations.NullMarked;
