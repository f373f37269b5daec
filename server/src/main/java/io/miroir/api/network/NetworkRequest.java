package io.miroir.api.network;

import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import tools.jackson.databind.JsonNode;

/**
 * A change of the network.
 *
 * @param body well formed
 */
public record NetworkRequest(JsonNode body) {
    private static final Shape REMOTE =
            Shape.of(
                    ErrorCode.INVALID_NETWORK_REMOTES,
                    optional("url", ErrorCode.INVALID_NETWORK_URL, Check.STRING),
                    optional(
                            "searchApiKey", ErrorCode.INVALID_NETWORK_SEARCH_API_KEY, Check.STRING),
                    optional("writeApiKey", ErrorCode.INVALID_NETWORK_WRITE_API_KEY, Check.STRING));

    private static final Shape SHARD =
            Shape.of(
                    ErrorCode.INVALID_NETWORK_SHARDS,
                    optional("remotes", ErrorCode.INVALID_NETWORK_REMOTES, Check.STRINGS),
                    optional("addRemotes", ErrorCode.INVALID_NETWORK_REMOTES, Check.STRINGS),
                    optional("removeRemotes", ErrorCode.INVALID_NETWORK_REMOTES, Check.STRINGS));

    private static final Shape NETWORK =
            Shape.of(
                    optional("remotes", ErrorCode.INVALID_NETWORK_REMOTES, mapOf(REMOTE)),
                    optional("shards", ErrorCode.INVALID_NETWORK_SHARDS, mapOf(SHARD)),
                    optional("previousShards", ErrorCode.INVALID_NETWORK_SHARDS, mapOf(SHARD)),
                    optional("self", ErrorCode.INVALID_NETWORK_SELF, Check.STRING),
                    optional("leader", ErrorCode.INVALID_NETWORK_LEADER, Check.STRING),
                    optional("previousRemotes", ErrorCode.INVALID_NETWORK_REMOTES, mapOf(REMOTE)));

    /** Reads a body. */
    public static NetworkRequest fromBody(JsonNode body) {
        NETWORK.check(StrictValue.body(body));
        return new NetworkRequest(body);
    }

    /** Throws what Meilisearch answers to a change that it would refuse whatever the network is. */
    void check() {
        if (body.hasNonNull("leader")) {
            throw new ApiException(
                    ErrorCode.REQUIRES_ENTERPRISE_EDITION,
                    "Meilisearch Enterprise Edition is required to set `network.leader`");
        }
        if (body.has("previousRemotes")) {
            throw new ApiException(
                    ErrorCode.UNEXPECTED_NETWORK_PREVIOUS_REMOTES,
                    "Unexpected `previousRemotes` in network call.\n"
                            + "  - Note: `previousRemote` is reserved for internal use.");
        }
    }

    private static Check mapOf(Shape shape) {
        return Check.mapOf(shape.orNull());
    }
}
