package io.miroir.bench.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** One atomic step: a script that lies beside the classes. */
enum RedisScript {
    ENQUEUE_TASK,
    START_TASK,
    FINISH_TASK,
    DELETE_TASKS,
    FLIP_ALIAS,
    TAKE_LEASE,
    KEEP_LEASE,
    RELEASE_LEASE,
    DELETE_ALIAS,
    API_KEYS,
    PUT_ROW,
    DELETE_ROW,
    SESSION,
    JOBS,
    ADVANCE_SETTINGS,
    RECORD_RUN,
    CDC,
    SET_LIMITS,
    LEASE_TOKENS,
    RECORD_LOGIN,
    SCOPED_KEYS,
    REVOKE_SESSIONS;

    private final String text = load(name().toLowerCase(Locale.ROOT) + ".lua");
    private final String sha = sha(text);

    String text() {
        return text;
    }

    /** Arguments of its EVALSHA; the scripts make their keys themselves. */
    byte[][] call(Object... arguments) {
        byte[][] given = RedisPipeline.bytes(arguments);
        byte[][] all = new byte[given.length + 2][];
        all[0] = sha.getBytes(StandardCharsets.US_ASCII);
        all[1] = new byte[] {'0'};
        System.arraycopy(given, 0, all, 2, given.length);
        return all;
    }

    private static String load(String name) {
        try (InputStream in = RedisScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no " + name + " in the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** How Redis names scripts. */
    private static String sha(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
