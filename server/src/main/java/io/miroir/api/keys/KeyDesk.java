package io.miroir.api.keys;

import io.miroir.api.ErrorCode;
import io.miroir.api.UuidText;
import io.miroir.api.strict.Paging;
import io.miroir.api.strict.Shape;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the keys routes do, whoever keeps the keys. */
public final class KeyDesk {
    private static final Shape LIST =
            Paging.shape(ErrorCode.INVALID_API_KEY_OFFSET, ErrorCode.INVALID_API_KEY_LIMIT);

    private static final Comparator<ApiKey> NEWEST_FIRST =
            Comparator.comparing(ApiKey::createdAt).reversed().thenComparing(ApiKey::uid);

    private final Keeper keeper;
    private final Values values;
    private final InstantSource clock;
    private final Supplier<String> uids;

    /** Where keys are kept. */
    public interface Keeper {
        /** All keys. */
        KnownKeys keys();

        /** Keeps a new key, and gives it as it is kept; null if its uid is taken. */
        @Nullable ApiKey make(ApiKey key) throws InterruptedException;

        /** Changes a key's label, and gives it as it is kept; null if there is no such key. */
        @Nullable ApiKey relabel(String uid, UnaryOperator<ApiKey.Label> change)
                throws InterruptedException;

        /** Answers whether there was such a key. */
        boolean delete(String uid) throws InterruptedException;
    }

    /** What follows from keys and the master key. */
    public interface Values {
        /** The secret value of the key with that uid. */
        String valueOf(String uid);

        /** The key with that secret value, or null. */
        @Nullable ApiKey byValue(String value);
    }

    /**
     * A desk.
     *
     * @param uids makes uids, which nobody can guess
     */
    public KeyDesk(Keeper keeper, Values values, InstantSource clock, Supplier<String> uids) {
        this.keeper = keeper;
        this.values = values;
        this.clock = clock;
        this.uids = uids;
    }

    /** {@code GET /keys}. */
    public ObjectNode list(Map<String, String> parameters) {
        Paging paging = Paging.of(LIST, parameters);
        List<ApiKey> keys = keeper.keys().all().stream().sorted(NEWEST_FIRST).toList();
        return paging.page(keys, this::shown);
    }

    /** {@code GET /keys/{name}}, by uid or value. */
    public ObjectNode get(String name) {
        String uid = uid(name);
        return shown(existing(uid, keeper.keys().get(uid)));
    }

    /** {@code POST /keys}. */
    public ObjectNode create(JsonNode body) throws InterruptedException {
        ApiKey key = KeyRequests.create(body, clock.instant(), uids);
        ApiKey made = keeper.make(key);
        if (made == null) {
            throw KeyRequests.alreadyExists(key.uid());
        }
        return shown(made);
    }

    /** {@code PATCH /keys/{name}}. */
    public ObjectNode patch(String name, JsonNode body) throws InterruptedException {
        UnaryOperator<ApiKey.Label> change = KeyRequests.patch(body);
        String uid = uid(name);
        return shown(existing(uid, keeper.relabel(uid, change)));
    }

    /** {@code DELETE /keys/{name}}. */
    public void delete(String name) throws InterruptedException {
        String uid = uid(name);
        if (!keeper.delete(uid)) {
            throw KeyRequests.notFound(uid);
        }
    }

    /** The uid that a name in a path stands for; the key need not exist. */
    private String uid(String name) {
        return UuidText.canonical(name)
                .orElseGet(
                        () -> {
                            ApiKey key = values.byValue(name);
                            if (key == null) {
                                throw KeyRequests.notFound(name);
                            }
                            return key.uid();
                        });
    }

    private static ApiKey existing(String uid, @Nullable ApiKey key) {
        if (key == null) {
            throw KeyRequests.notFound(uid);
        }
        return key;
    }

    private ObjectNode shown(ApiKey key) {
        return key.toJson(values.valueOf(key.uid()));
    }
}
