package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Reads of a pod without a view lease: they say so or are refused, by policy (protocol, rule 9).
 */
final class StaleView {
    private static final List<String> SECTIONS =
            List.of("/indexes", "/multi-search", "/stats", "/keys");
    private static final List<String> READS_BY_POST =
            List.of("/search", "/facet-search", "/similar", "/multi-search", "/fetch", "/fields");

    private final BooleanSupplier leased;
    private final boolean staleReads;

    StaleView(BooleanSupplier leased, boolean staleReads) {
        this.leased = leased;
        this.staleReads = staleReads;
    }

    /** The same route; a read is looked after. */
    Route guarded(Route route) {
        return isRead(route)
                ? new Route(route.verb(), route.pattern(), request -> read(route, request))
                : route;
    }

    /** True for a route that tells what indexes or keys there are, or what indexes hold. */
    static boolean isRead(Route route) {
        return SECTIONS.stream().anyMatch(route.pattern()::startsWith)
                && (route.verb().equals("GET")
                        || (route.verb().equals("POST")
                                && READS_BY_POST.stream().anyMatch(route.pattern()::endsWith)));
    }

    private Answer read(Route route, Request request) throws Exception {
        // Asked before the read begins: what it sees is at least as new.
        boolean stale = !leased.getAsBoolean();
        if (stale && !staleReads) {
            throw new ApiException(
                    ErrorCode.MIROIR_STALE_VIEW,
                    "This pod has no contact with the others: what it knows may be old.");
        }
        Answer answer = route.handler().handle(request);
        return stale ? RequestPath.degraded(answer, "stale-view") : answer;
    }
}
