package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.export.ExportDetails;
import io.miroir.api.network.Network;
import io.miroir.api.settings.SettingsSecrets;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a task has room for. Its details are in one command of the store, which may have 1 MiB, with
 * all else that is in it: what is found out only by the store is found out after nodes were asked.
 */
public final class TaskRoom {
    /** Of a task's details. */
    public static final int DETAILS_BYTES_MAX = 900 << 10;

    /** Of a primary key, which is in requests' targets as well: three bytes for one there. */
    static final int KEY_BYTES_MAX = 16 << 10;

    /** What is around a secret that is sealed, and besides what it grows by: by a third. */
    private static final int SEAL_BYTES_MAX = 128;

    private static final int GROWN_BY = 3;

    private TaskRoom() {}

    /**
     * Refuses a request that leaves too much in its task, as far as it is seen without its body.
     *
     * @param bodyBytes how long that is
     * @throws ApiException {@code payload_too_large}
     */
    public static void require(WriteRequest request, long bodyBytes) {
        requireKey(request.parameter(WriteRequest.PRIMARY_KEY));
        if (request.operation().keepsBody() && bodyBytes > DETAILS_BYTES_MAX) {
            throw tooLarge();
        }
    }

    /** Refuses a primary key that is too long, wherever it comes from. */
    static void requireKey(@Nullable String key) {
        if (key != null && bytes(key) > KEY_BYTES_MAX) {
            throw new ApiException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "The primary key is longer than " + KEY_BYTES_MAX + " bytes.");
        }
    }

    /**
     * Refuses details that are too large, of a task that is in no lane, or what is kept like them.
     *
     * @throws ApiException {@code payload_too_large}
     */
    public static void require(ObjectNode details) {
        requireRoom(Json.text(details));
    }

    /** Refuses details that are too large. */
    static void require(Details details) {
        requireRoom(details.stored());
    }

    private static void requireRoom(String stored) {
        if (storedBytes(stored) > DETAILS_BYTES_MAX) {
            throw tooLarge();
        }
    }

    /** With all secrets sealed, whether or not they are today. */
    static long storedBytes(String stored) {
        AtomicLong bytes = new AtomicLong(bytes(stored));
        if (SettingsSecrets.mayBeIn(stored)) {
            ObjectNode json = Json.parseObject(stored);
            UnaryOperator<JsonNode> grow =
                    secret -> {
                        long _ = bytes.addAndGet(grownBy(secret.asString("")));
                        return secret;
                    };
            SettingsSecrets.replaceAll(json, grow);
            ExportDetails.replaceKey(json, grow);
        }
        if (Network.mayBeIn(stored)) {
            Network.replaceKeys(
                    Json.parseObject(stored),
                    key -> {
                        long _ = bytes.addAndGet(grownBy(key.asString("")));
                        return key;
                    });
        }
        return bytes.get();
    }

    private static long grownBy(String secret) {
        return SEAL_BYTES_MAX + bytes(secret) / GROWN_BY;
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static ApiException tooLarge() {
        return new ApiException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "What this request leaves in the task store takes more than "
                        + DETAILS_BYTES_MAX
                        + " bytes: settings with all others of their index, filters, a function"
                        + " and its context, what an export is asked for, a search rule, the"
                        + " network. Nothing was changed.");
    }
}
