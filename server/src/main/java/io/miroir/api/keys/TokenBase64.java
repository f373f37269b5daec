package io.miroir.api.keys;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Base64 for URLs without padding, as strict as Meilisearch reads it: the JDK's decoder takes
 * padding and stray last bits, and so would take for good what Meilisearch refuses.
 */
final class TokenBase64 {
    private static final String ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static final int QUAD = 4;
    private static final int BITS = 6;
    private static final char PAD = '=';

    private TokenBase64() {}

    static byte[] decode(String text) throws TokenFault {
        byte[] symbols = text.getBytes(StandardCharsets.UTF_8);
        int length = symbols.length;
        int end = firstPad(symbols);
        if (end == length && length % QUAD == 1) {
            value(symbols, length - 1);
        }
        for (int at = 0; at < end; at++) {
            value(symbols, at);
        }
        if (end < length && !isPadding(symbols, end)) {
            throw invalidSymbol(symbols, end);
        }
        if (end % QUAD == 1) {
            throw fault("Invalid input length: " + length);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < end; at += QUAD) {
            write(bytes, symbols, at, Math.min(QUAD, end - at));
        }
        if (end < length) {
            throw fault("Invalid padding");
        }
        return bytes.toByteArray();
    }

    private static int firstPad(byte[] symbols) {
        int at = 0;
        while (at < symbols.length && symbols[at] != PAD) {
            at++;
        }
        return at;
    }

    /** Whether what begins there fills up the last four symbols, and nothing else. */
    private static boolean isPadding(byte[] symbols, int from) {
        int lastQuad = (symbols.length - 1) / QUAD * QUAD;
        boolean onlyPads = true;
        for (int at = from; at < symbols.length; at++) {
            onlyPads &= symbols[at] == PAD;
        }
        return onlyPads && from >= lastQuad + 2;
    }

    /** Writes the bytes of up to four symbols. */
    private static void write(ByteArrayOutputStream out, byte[] symbols, int from, int count)
            throws TokenFault {
        int bits = 0;
        for (int i = 0; i < count; i++) {
            bits = bits << BITS | value(symbols, from + i);
        }
        int bytes = count * BITS / Byte.SIZE;
        int stray = count * BITS - bytes * Byte.SIZE;
        if ((bits & ((1 << stray) - 1)) != 0) {
            int last = from + count - 1;
            throw fault("Invalid last symbol " + (symbols[last] & 0xff) + ", offset " + last + ".");
        }
        for (int i = bytes - 1; i >= 0; i--) {
            out.write(bits >> (stray + i * Byte.SIZE));
        }
    }

    private static int value(byte[] symbols, int at) throws TokenFault {
        int value = ALPHABET.indexOf((char) (symbols[at] & 0xff));
        if (value < 0) {
            throw invalidSymbol(symbols, at);
        }
        return value;
    }

    private static TokenFault invalidSymbol(byte[] symbols, int at) {
        return fault("Invalid symbol " + (symbols[at] & 0xff) + ", offset " + at + ".");
    }

    private static TokenFault fault(String what) {
        return new TokenFault("Base64 error: " + what);
    }
}
