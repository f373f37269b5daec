package io.miroir.fanout.read;

import io.miroir.core.topology.ShardSet;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer to a read.
 *
 * @param body what the client gets
 * @param missing shards that it lacks
 */
public record ReadReply(ObjectNode body, ShardSet missing) {}
