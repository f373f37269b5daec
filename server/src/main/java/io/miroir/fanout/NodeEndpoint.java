package io.miroir.fanout;

import java.net.URI;

/**
 * Where a node is.
 *
 * @param id stable and unique; a node is its id, not its address
 * @param address scheme, host and port
 */
public record NodeEndpoint(String id, URI address) {}
