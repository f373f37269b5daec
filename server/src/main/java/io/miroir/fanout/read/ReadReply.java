package io.miroir.fanout.read;

import io.miroir.core.topology.ShardSet;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer to a read.
 *
 * @param body what the client gets
 * @param missing shards that it lacks
 * @param settingsVersion of the index that it is of; empty if it is of several
 * @param inconsistent indexes of which it may mix answers by different settings
 */
public record ReadReply(
        ObjectNode body,
        ShardSet missing,
        OptionalLong settingsVersion,
        Set<String> inconsistent) {}
