package io.miroir.edge.http;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Splitting and percent-decoding of paths and query strings: once, strictly, as UTF-8. */
final class Paths {
    private Paths() {}

    /** The decoded parts of a path; doubled and trailing slashes are dropped. */
    static List<String> segments(String rawPath) {
        List<String> segments = new ArrayList<>();
        for (String part : rawPath.split("/", -1)) {
            if (!part.isEmpty()) {
                segments.add(decode(part, false));
            }
        }
        return List.copyOf(segments);
    }

    /** The parameters of a query string in order; the last value of a repeated name stays. */
    static Map<String, String> query(String rawQuery) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : rawQuery.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            parameters.put(decode(name, true), decode(value, true));
        }
        return parameters;
    }

    private static String decode(String raw, boolean plusIsSpace) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%' && isHex(raw, i + 1)) {
                bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else if (c == '+' && plusIsSpace) {
                bytes.write(' ');
            } else if (c < 0x80) {
                bytes.write(c);
            } else {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new ApiException(ErrorCode.BAD_REQUEST, "The URL is not valid UTF-8.");
        }
    }

    private static boolean isHex(String raw, int at) {
        return at + 1 < raw.length()
                && Character.digit(raw.charAt(at), 16) >= 0
                && Character.digit(raw.charAt(at + 1), 16) >= 0;
    }
}
