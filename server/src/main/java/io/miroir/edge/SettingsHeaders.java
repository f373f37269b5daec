package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.fanout.read.ReadReply;

/** What requests and answers say of the settings that they go by. */
final class SettingsHeaders {
    static final String VERSION = "X-Miroir-Settings-Version";
    static final String FLOOR = "X-Miroir-Min-Settings-Version";
    static final String INCONSISTENT = "X-Miroir-Settings-Inconsistent";

    private SettingsHeaders() {}

    /** The least version that a client wants its answer to go by; 0 if it takes any. */
    static long floor(Request request) {
        String text = request.header(FLOOR);
        if (text == null) {
            return 0;
        }
        try {
            long floor = Long.parseUnsignedLong(text.strip());
            return floor < 0 ? Long.MAX_VALUE : floor;
        } catch (NumberFormatException malformed) {
            throw new ApiException(
                    ErrorCode.BAD_REQUEST,
                    "Header `" + FLOOR + "` must be a version number, but is `" + text + "`.");
        }
    }

    /** The answer with what it goes by. */
    static Answer on(Answer answer, ReadReply reply) {
        Answer said = answer;
        if (reply.settingsVersion().isPresent()) {
            said = said.withHeader(VERSION, Long.toString(reply.settingsVersion().getAsLong()));
        }
        return reply.inconsistent().isEmpty()
                ? said
                : said.withHeader(INCONSISTENT, String.join(",", reply.inconsistent()));
    }
}
