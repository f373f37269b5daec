package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.MediaTypes;
import io.miroir.edge.http.Request;
import java.io.IOException;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Small JSON bodies. */
final class JsonBody {
    private JsonBody() {}

    /** The whole body as JSON, or the error that Meilisearch gives for it. */
    static JsonNode read(Request request) throws IOException {
        MediaTypes.accepted(request.header("Content-Type"), List.of(MediaTypes.JSON));
        byte[] bytes = request.body().readAllBytes();
        if (bytes.length == 0) {
            throw new ApiException(ErrorCode.MISSING_PAYLOAD, "A json payload is missing.");
        }
        try {
            return Json.parse(bytes);
        } catch (JacksonException malformed) {
            throw new ApiException(
                    ErrorCode.MALFORMED_PAYLOAD,
                    "The json payload provided is malformed. `"
                            + malformed.getOriginalMessage()
                            + "`.");
        }
    }
}
