package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.keys.KeyDesk;
import io.miroir.api.keys.MasterKey;
import io.miroir.edge.http.Request;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who may ask what: clients with the master key, their keys and tokens; operators with theirs. */
final class Auth {
    private static final String BEARER = "Bearer ";

    private final Supplier<List<String>> masterKeys;
    private final Supplier<List<String>> adminKeys;
    private final Function<MasterKey, ClientKeys> clientKeys;
    private final InstantSource clock;
    private volatile @Nullable Accepted accepted;

    /** Who decides, for the master keys that were good when it was made. */
    private record Accepted(List<String> keys, List<Under> masters, List<Authorizer> authorizers) {}

    /** A master key and the clients' keys whose values follow from it. */
    private record Under(MasterKey master, ClientKeys keys) {}

    /**
     * The rules. All keys of a list are good, so that one can be exchanged while clients ask.
     *
     * @param masterKeys none opens the client routes to everybody, as Meilisearch does without one
     * @param adminKeys none closes the operator's routes
     * @param clientKeys those under a master key
     * @param clock tells which keys and tokens have expired
     */
    Auth(
            Supplier<List<String>> masterKeys,
            Supplier<List<String>> adminKeys,
            Function<MasterKey, ClientKeys> clientKeys,
            InstantSource clock) {
        this.masterKeys = masterKeys;
        this.adminKeys = adminKeys;
        this.clientKeys = clientKeys;
        this.clock = clock;
    }

    /** Lets a client pass, or throws what Meilisearch answers; tells what it may touch. */
    Access client(Request request, Action action, @Nullable String indexUid) {
        return clientShowing(request.header("Authorization"), action, indexUid);
    }

    Access clientShowing(@Nullable String shown, Action action, @Nullable String indexUid) {
        List<Authorizer> authorizers = accepted().authorizers();
        for (Authorizer older : authorizers.subList(1, authorizers.size())) {
            Access access = access(older, shown, action, indexUid);
            if (access != null) {
                return access;
            }
        }
        return authorizers.getFirst().authorize(shown, action, indexUid, clock.instant());
    }

    private @Nullable Access access(
            Authorizer authorizer, @Nullable String shown, Action action, @Nullable String uid) {
        try {
            return authorizer.authorize(shown, action, uid, clock.instant());
        } catch (ApiException refused) {
            return null;
        }
    }

    /** Values of keys as clients are shown them: under the master key that is shown first. */
    KeyDesk.Values values() {
        return new KeyDesk.Values() {
            @Override
            public String valueOf(String uid) {
                return accepted().masters().getFirst().master().valueOf(uid);
            }

            @Override
            public @Nullable ApiKey byValue(String value) {
                for (Under under : accepted().masters()) {
                    ApiKey key = under.keys().shownBy(value);
                    if (key != null) {
                        return key;
                    }
                }
                return null;
            }
        };
    }

    /** One authorizer for each master key, at least one. */
    private Accepted accepted() {
        List<String> keys = masterKeys.get();
        Accepted known = accepted;
        if (known == null || !known.keys().equals(keys)) {
            List<Under> masters =
                    keys.stream()
                            .map(MasterKey::new)
                            .map(master -> new Under(master, clientKeys.apply(master)))
                            .toList();
            known =
                    new Accepted(
                            keys,
                            masters,
                            masters.isEmpty()
                                    ? List.of(Authorizer.open())
                                    : masters.stream()
                                            .map(each -> Authorizer.of(each.master(), each.keys()))
                                            .toList());
            accepted = known;
        }
        return known;
    }

    /** Lets an operator pass, or throws. */
    void admin(Request request) {
        String bearer = request.header("Authorization");
        String shown = request.header("X-Admin-Key");
        if (shown == null && bearer != null && bearer.startsWith(BEARER)) {
            shown = bearer.substring(BEARER.length());
        }
        operatorShowing(shown);
    }

    void operatorShowing(@Nullable String shown) {
        if (shown == null
                || adminKeys.get().stream().noneMatch(key -> MasterKey.sameText(shown, key))) {
            throw new ApiException(
                    ErrorCode.MIROIR_INVALID_AUTH, "The admin key is missing or wrong.");
        }
    }
}
