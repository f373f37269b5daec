package io.miroir.api.keys;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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
        if (length % QUAD == 1 && symbols[length - 1] != PAD) {
            value(symbols, length - 1);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int rest = length - (length % QUAD == 0 ? Math.min(length, QUAD) : length % QUAD);
        for (int at = 0; at < rest; at += QUAD) {
            write(bytes, symbols, at, QUAD);
        }
        int end = unpadded(symbols, rest);
        if (end - rest == 1) {
            throw fault("Invalid input length: " + length);
        }
        write(bytes, symbols, rest, end - rest);
        if (end < length) {
            throw fault("Invalid padding");
        }
        return bytes.toByteArray();
    }

    /** Where the padding of the last symbols begins; the rest of them must be good. */
    private static int unpadded(byte[] symbols, int from) throws TokenFault {
        int end = symbols.length;
        for (int at = symbols.length - 1; at >= from; at--) {
            end = symbols[at] == PAD ? at : end;
        }
        for (int at = from; at < end; at++) {
            value(symbols, at);
        }
        boolean onlyPadding =
                end == symbols.length
                        || new String(
                                        Arrays.copyOfRange(symbols, end, symbols.length),
                                        StandardCharsets.UTF_8)
                                .chars()
                                .allMatch(c -> c == PAD);
        if (end < symbols.length && (end - from < 2 || !onlyPadding)) {
            throw invalidSymbol(symbols, end);
        }
        return end;
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
