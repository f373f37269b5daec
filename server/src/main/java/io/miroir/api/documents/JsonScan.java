package io.miroir.api.documents;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds where JSON values end in a window of bytes. It is as strict as any reader of JSON, and
 * stricter where readers differ: what it lets pass means the same to all of them.
 */
final class JsonScan {
    /** The window ends inside of the value. */
    static final int MORE = -1;

    /** The value is malformed, or of a size that is not looked at here. */
    static final int OTHER = -2;

    /** What must be free behind a window: bytes are looked at eight at a time. */
    static final int PADDING_BYTES = 8;

    private static final int DEPTH_MAX = 64;
    private static final int NAME_BYTES_MAX = 1_024;
    private static final int NUMBER_BYTES_MAX = 100;

    /** With as many digits as there may be before it, no larger exponent is sure to fit. */
    private static final int EXPONENT_DIGITS_MAX = 2;

    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final VarHandle LE64 =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final ScannedDocument found = new ScannedDocument();
    private byte[] bytes = new byte[0];
    private int limit;
    private boolean escaped;
    private boolean readAlike;

    /**
     * Looks at the object that begins at {@code from}.
     *
     * @param window has a 0 behind its end, and {@link #PADDING_BYTES} in all
     * @param end of the window
     * @return where the object ends, and {@link #found} is it; or {@link #MORE}, or {@link #OTHER}
     */
    int object(byte[] window, int from, int end) {
        bytes = window;
        limit = end;
        readAlike = true;
        found.begin(window, from);
        int behind = object(from + 1, 1);
        if (behind > 0) {
            found.end(behind, readAlike);
        }
        return behind;
    }

    /** What was found last; it is another one after the next look. */
    ScannedDocument found() {
        return found;
    }

    // Each part takes where it begins and gives where it ends, or MORE or OTHER. None passes the 0
    // at the window's end, as no part has such a byte.

    private int value(int from, int depth) {
        return switch (bytes[from]) {
            case '"' -> string(from + 1);
            case '{' -> object(from + 1, depth + 1);
            case '[' -> array(from + 1, depth + 1);
            case 't' -> word(from, TRUE);
            case 'f' -> word(from, FALSE);
            case 'n' -> word(from, NULL);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(from);
            default -> fault(from);
        };
    }

    private int object(int from, int depth) {
        if (depth > DEPTH_MAX) {
            return OTHER;
        }
        int at = space(from);
        if (bytes[at] == '}') {
            return at + 1;
        }
        while (true) {
            at = member(at, depth);
            if (at < 0) {
                return at;
            }
            at = space(at);
            if (bytes[at] == '}') {
                return at + 1;
            }
            if (bytes[at] != ',') {
                return fault(at);
            }
            at = space(at + 1);
        }
    }

    private int member(int from, int depth) {
        if (bytes[from] != '"') {
            return fault(from);
        }
        escaped = false;
        int nameEnd = string(from + 1);
        if (nameEnd < 0) {
            return nameEnd;
        }
        if (nameEnd - from > NAME_BYTES_MAX) {
            return OTHER;
        }
        boolean spelledOut = !escaped;
        int colon = space(nameEnd);
        if (bytes[colon] != ':') {
            return fault(colon);
        }
        int valueFrom = space(colon + 1);
        int valueEnd = value(valueFrom, depth);
        if (depth == 1 && valueEnd > 0) {
            readAlike &= spelledOut;
            found.member(from + 1, nameEnd - 1, valueFrom, valueEnd);
        }
        return valueEnd;
    }

    private int array(int from, int depth) {
        if (depth > DEPTH_MAX) {
            return OTHER;
        }
        int at = space(from);
        if (bytes[at] == ']') {
            return at + 1;
        }
        while (true) {
            at = value(at, depth);
            if (at < 0) {
                return at;
            }
            at = space(at);
            if (bytes[at] == ']') {
                return at + 1;
            }
            if (bytes[at] != ',') {
                return fault(at);
            }
            at = space(at + 1);
        }
    }

    /** From behind the opening quote to behind the closing one. */
    private int string(int from) {
        int at = from;
        while (true) {
            long stops = stops((long) LE64.get(bytes, at));
            if (stops == 0) {
                at += Long.BYTES;
                continue;
            }
            at += Long.numberOfTrailingZeros(stops) >>> 3;
            byte stop = bytes[at];
            if (stop == '"') {
                return at + 1;
            }
            if (stop == '\\') {
                at = escape(at);
            } else if (stop < 0) {
                at = beyondAscii(at);
            } else {
                return fault(at);
            }
            if (at < 0) {
                return at;
            }
        }
    }

    /**
     * Marks the bytes at which a string's plain part ends: quotes, backslashes, control characters
     * and what is beyond ASCII. Only the lowest mark is sure to be one: borrowing makes others.
     */
    private static long stops(long word) {
        long quotes = (word ^ ('"' * EACH)) - EACH;
        long backslashes = (word ^ ('\\' * EACH)) - EACH;
        long controls = word - (' ' * EACH);
        return (word | quotes | backslashes | controls) & HIGH_BITS;
    }

    private int escape(int from) {
        escaped = true;
        return switch (bytes[from + 1]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> from + 2;
            case 'u' -> unicode(from);
            default -> fault(from + 1);
        };
    }

    private int unicode(int from) {
        if (from + 6 > limit) {
            return MORE;
        }
        int unit = hex(from + 2);
        if (unit < 0) {
            return OTHER;
        }
        // Half of a pair: some readers refuse it, others put something in its place.
        readAlike &= !Character.isSurrogate((char) unit);
        return from + 6;
    }

    private int hex(int from) {
        int unit = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Character.digit(bytes[i], 16);
            if (digit < 0) {
                return -1;
            }
            unit = (unit << 4) | digit;
        }
        return unit;
    }

    /** Characters beyond ASCII, as the Unicode standard has them in its table 3-7. */
    private int beyondAscii(int from) {
        int at = from;
        while (bytes[at] < 0) {
            int first = bytes[at] & 0xFF;
            int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
            if (at + length > limit) {
                return MORE;
            }
            if (first < 0xC2 || first > 0xF4 || !isSecond(first, bytes[at + 1] & 0xFF)) {
                return OTHER;
            }
            for (int i = at + 2; i < at + length; i++) {
                if ((bytes[i] & 0xC0) != 0x80) {
                    return OTHER;
                }
            }
            at += length;
        }
        return at;
    }

    private static boolean isSecond(int first, int second) {
        int low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        return second >= low && second <= high;
    }

    private int number(int from) {
        int at = bytes[from] == '-' ? from + 1 : from;
        if (bytes[at] == '0') {
            at++;
        } else {
            int digits = digits(at);
            if (digits == at) {
                return fault(at);
            }
            at = digits;
        }
        if (bytes[at] == '.') {
            int digits = digits(at + 1);
            if (digits == at + 1) {
                return fault(digits);
            }
            at = digits;
        }
        if (bytes[at] == 'e' || bytes[at] == 'E') {
            at++;
            int signed = bytes[at] == '-' || bytes[at] == '+' ? at + 1 : at;
            int digits = digits(signed);
            if (digits == signed) {
                return fault(digits);
            }
            readAlike &= digits - signed <= EXPONENT_DIGITS_MAX;
            at = digits;
        }
        return at - from > NUMBER_BYTES_MAX ? OTHER : at;
    }

    private int digits(int from) {
        int at = from;
        while (bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at;
    }

    private int word(int from, byte[] word) {
        for (int i = 0; i < word.length; i++) {
            if (bytes[from + i] != word[i]) {
                return fault(from + i);
            }
        }
        return from + word.length;
    }

    private int space(int from) {
        int at = from;
        while (isSpace(bytes[at])) {
            at++;
        }
        return at;
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** What no value has at this place: the window's end, or a fault. */
    private int fault(int at) {
        return at < limit ? OTHER : MORE;
    }
}
