package io.miroir.fanout;

import io.miroir.api.Json;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** What a request carries to a node. */
public sealed interface NodeBody {
    /** The media type that the node is told. */
    String contentType();

    /** A JSON body that is built in memory. */
    static NodeBody json(JsonNode body) {
        return new Bytes("application/json", ByteBuffer.wrap(Json.bytes(body)));
    }

    /** A small body in memory; never changed after. */
    record Bytes(String contentType, ByteBuffer utf8) implements NodeBody {}

    /**
     * A large body that is read while it is sent.
     *
     * @param lengthBytes exactly what {@code open} will give
     * @param open a new stream from the beginning, closed by the client
     */
    record Stream(String contentType, long lengthBytes, Supplier<InputStream> open)
            implements NodeBody {}
}
