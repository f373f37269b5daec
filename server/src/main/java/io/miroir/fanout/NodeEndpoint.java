package io.miroir.fanout;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a node is.
 *
 * @param id stable and unique; a node is its id, not its address
 * @param address scheme, host and port; null while nobody has told it
 */
public record NodeEndpoint(String id, @Nullable URI address) {}
