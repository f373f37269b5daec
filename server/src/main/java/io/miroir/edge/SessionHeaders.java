package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.capability.stateless.session.SessionPinning;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.store.session.Sessions;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What requests say of the writes that they belong to, or must see. */
final class SessionHeaders {
    static final String SESSION = "X-Miroir-Session";
    static final String RECEIPT = "X-Miroir-Receipt";

    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

    private SessionHeaders() {}

    /**
     * The session that a request names; null if it names none.
     *
     * @throws ApiException for one that can be no session's
     */
    static @Nullable String session(Request request) {
        String id = request.header(SESSION);
        if (id == null) {
            return null;
        }
        if (id.isEmpty() || id.length() > Sessions.ID_CHARS_MAX) {
            throw invalid(
                    "must have 1 to "
                            + Sessions.ID_CHARS_MAX
                            + " characters, but has "
                            + id.length()
                            + ".");
        }
        if (!id.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw invalid("must be visible ASCII characters, for example a UUID.");
        }
        return id;
    }

    /** The receipts that a request shows, separated by commas. */
    static List<String> receipts(Request request) {
        String shown = request.header(RECEIPT);
        if (shown == null) {
            return List.of();
        }
        List<String> receipts = COMMA.splitAsStream(shown.strip()).distinct().toList();
        if (receipts.size() > SessionPinning.RECEIPTS_MAX) {
            throw new ApiException(
                    ErrorCode.MIROIR_INVALID_RECEIPT,
                    "Header `"
                            + RECEIPT
                            + "` shows "
                            + receipts.size()
                            + " receipts, at most "
                            + SessionPinning.RECEIPTS_MAX
                            + " may be.");
        }
        return receipts;
    }

    /** The same route, whose answers name the session that its requests do. */
    static Route echoed(Route route, SessionPinning sessions) {
        return new Route(
                route.verb(),
                route.pattern(),
                request -> {
                    Answer answer = route.handler().handle(request);
                    String id = request.header(SESSION);
                    return id == null || answer.status() >= 300 || !sessions.enabled()
                            ? answer
                            : answer.withHeader(SESSION, id);
                });
    }

    private static ApiException invalid(String how) {
        return new ApiException(
                ErrorCode.MIROIR_INVALID_SESSION, "Header `" + SESSION + "` " + how);
    }
}
