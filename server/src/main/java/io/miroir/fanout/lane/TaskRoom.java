package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.settings.SettingsSecrets;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a task has room for. Its details are in one command of the store, which may have 1 MiB, with
 * all else that is in it: what is found out only by the store is found out after nodes were asked.
 */
public final class TaskRoom {
    /** Of a task's details. */
    static final int DETAILS_BYTES_MAX = 900 << 10;

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

    /** Refuses details that are too large. */
    static void require(Details details) {
        if (storedBytes(details) > DETAILS_BYTES_MAX) {
            throw tooLarge();
        }
    }

    /** With all secrets sealed, whether or not they are today. */
    static long storedBytes(Details details) {
        String stored = details.stored();
        AtomicLong bytes = new AtomicLong(bytes(stored));
        if (SettingsSecrets.mayBeIn(stored)) {
            SettingsSecrets.replaceAll(
                    Json.parseObject(stored),
                    secret -> {
                        long _ = bytes.addAndGet(grownBy(secret.asString("")));
                        return secret;
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
                "What this request leaves in its task takes more than "
                        + DETAILS_BYTES_MAX
                        + " bytes: settings with all others of their index, a filter, a function"
                        + " and its context. Nothing was changed.");
    }
}
