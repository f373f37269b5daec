package io.miroir.fanout.lane;

import io.miroir.api.documents.PayloadFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A payload of documents such as clients send, and such as none should: names twice, spelled with
 * escapes, halves of characters, numbers of any size, and here and there a byte that is another.
 */
final class SomePayload {
    private static final int DOCUMENTS_MAX = 5;
    private static final int MEMBERS_MAX = 4;
    private static final int DEPTH_MAX = 3;

    private static final List<String> NAMES =
            List.of(
                    "id",
                    "id",
                    "id",
                    "title",
                    "\\u0069d",
                    "_geo",
                    "_vectors",
                    "_miroir_seq",
                    "sub",
                    "größe",
                    "sub.id",
                    "a_id",
                    "",
                    "\\\"");
    private static final List<String> IDS =
            List.of(
                    "1",
                    "2",
                    "\"1\"",
                    "\"a-B_3\"",
                    "-7",
                    "-0",
                    "12345678901234567890",
                    "1.0",
                    "\"a b\"",
                    "\"\"",
                    "null",
                    "\"\\u0061\"",
                    "{\"id\":1}",
                    "\"ü\"");
    private static final List<String> SCALARS =
            List.of(
                    "0",
                    "-0",
                    "1.50",
                    "1e5",
                    "1E+2",
                    "2e-300",
                    "1e400",
                    "-1e-99999999999",
                    "1e99999999999",
                    "true",
                    "false",
                    "null",
                    "\"\"",
                    "\"text of some length, with = and ,\"",
                    "\"\\n\\t\\\\\\/\"",
                    "\"\\ud83d\\ude00\"",
                    "\"\\ud800\"",
                    "\"\\ude00\\ud83d\"",
                    "\"日本語 и ещё 😀\"",
                    "\"\\u00e9\"",
                    "123456789012345678901234567890",
                    "{\"lat\":1,\"lng\":2}",
                    "{\"x\":1,\"x\":2}",
                    "[".repeat(70) + "]".repeat(70),
                    "[".repeat(130) + "]".repeat(130),
                    "\"]}\"");
    private static final List<String> SPACES = List.of("", "", "", " ", "\n", "\r\n\t ");
    private static final List<String> KEYS = List.of("id", "id", "id", "sub.id", "_geo", "title");

    private final PayloadFormat format;
    private final @Nullable String key;
    private final byte[] bytes;

    private SomePayload(PayloadFormat format, @Nullable String key, byte[] bytes) {
        this.format = format;
        this.key = key;
        this.bytes = bytes;
    }

    PayloadFormat format() {
        return format;
    }

    /** The primary key that is known. */
    @Nullable String key() {
        return key;
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return format + " by " + key + ": " + new String(bytes, StandardCharsets.UTF_8);
    }

    static SomePayload of(Random random) {
        PayloadFormat format = random.nextInt(3) == 0 ? PayloadFormat.NDJSON : PayloadFormat.JSON;
        boolean list = format == PayloadFormat.JSON && random.nextInt(4) > 0;
        int documents = list || format == PayloadFormat.NDJSON ? random.nextInt(DOCUMENTS_MAX) : 1;
        StringBuilder text = new StringBuilder(random.nextInt(50) == 0 ? "\uFEFF" : "");
        text.append(one(SPACES, random)).append(list ? "[" : "");
        for (int i = 0; i < documents; i++) {
            text.append(i > 0 && list ? "," : "").append(one(SPACES, random));
            document(text, random);
            text.append(one(SPACES, random));
        }
        text.append(list ? "]" : "").append(one(SPACES, random));
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(4) == 0 && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        String key = random.nextInt(4) == 0 ? null : one(KEYS, random);
        return new SomePayload(format, key, bytes);
    }

    private static void document(StringBuilder text, Random random) {
        text.append('{').append(one(SPACES, random));
        if (random.nextInt(5) > 0) {
            text.append("\"id\":")
                    .append(random.nextInt(4) > 0 ? number(random) : one(IDS, random));
        } else {
            text.append("\"x\":0");
        }
        for (int i = random.nextInt(MEMBERS_MAX); i > 0; i--) {
            text.append(one(SPACES, random)).append(',').append(one(SPACES, random));
            boolean plain = random.nextInt(3) > 0;
            text.append('"').append(plain ? "field" + i : one(NAMES, random)).append("\":");
            value(text.append(one(SPACES, random)), random, 0);
        }
        text.append(one(SPACES, random)).append('}');
    }

    private static String number(Random random) {
        return String.valueOf(random.nextInt(10));
    }

    private static void value(StringBuilder text, Random random, int depth) {
        int kind = depth == DEPTH_MAX ? 0 : random.nextInt(8);
        if (kind == 6) {
            value(text.append('[').append(one(SPACES, random)), random, depth + 1);
            value(text.append(','), random, depth + 1);
            text.append(']');
        } else if (kind == 7) {
            value(text.append("{\"").append(one(NAMES, random)).append("\":"), random, depth + 1);
            text.append('}');
        } else {
            text.append(one(SCALARS, random));
        }
    }

    private static <T> T one(List<T> choices, Random random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
