package io.miroir.api.export;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;

/** A size as a client writes it, in the words of the parser that Meilisearch uses. */
final class PayloadSize {
    /** More has no room in the decimal numbers of that parser. */
    private static final BigInteger DIGITS_MAX = BigInteger.ONE.shiftLeft(96);

    private static final int SCALE_MAX = 28;
    private static final BigInteger BYTES_MAX = BigInteger.ONE.shiftLeft(64);
    private static final int BITS = 8;

    /** By their powers. */
    private static final String LARGER = "KMGTPE";

    private static final List<Character> UNITS = List.of('B', 'K', 'M', 'G', 'T', 'P', 'E');

    private final String text;
    private int at;

    /** What is wrong with a text. */
    static final class WrongException extends Exception {
        private static final long serialVersionUID = 1L;

        WrongException(String message) {
            super(message);
        }
    }

    private PayloadSize(String text) {
        this.text = text;
    }

    /** How many bytes that is; what is more than a long holds is as much as it holds. */
    static long bytes(String text) throws WrongException {
        return new PayloadSize(text.strip()).read();
    }

    private long read() throws WrongException {
        BigDecimal value = number();
        boolean bytes = true;
        BigDecimal unit = BigDecimal.ONE;
        if (at < text.length()) {
            char first = text.charAt(at++);
            char letter = Character.toUpperCase(first);
            if (letter == 'B') {
                bytes = rest(first == 'B');
            } else if (LARGER.indexOf(letter) >= 0) {
                int power = LARGER.indexOf(letter) + 1;
                boolean binary = at < text.length() && "iI".indexOf(text.charAt(at)) >= 0;
                at += binary ? 1 : 0;
                bytes = at >= text.length() || base();
                unit = BigDecimal.valueOf(binary ? 1024 : 1000).pow(power);
            } else {
                throw incorrect(first, UNITS, true);
            }
        }
        BigDecimal size = value.multiply(unit);
        BigInteger whole =
                (bytes ? size : size.divide(BigDecimal.valueOf(BITS)))
                        .setScale(0, RoundingMode.CEILING)
                        .toBigInteger();
        if (whole.compareTo(BYTES_MAX) >= 0) {
            throw new WrongException("the value " + value + " exceeds the valid range");
        }
        return whole.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    }

    private BigDecimal number() throws WrongException {
        if (text.isEmpty()) {
            throw new WrongException("no value can be found");
        }
        int begin = at;
        digits();
        if (at == begin) {
            throw notNumber(at);
        }
        BigInteger whole = new BigInteger(text.substring(begin, at));
        if (whole.compareTo(DIGITS_MAX) >= 0) {
            throw new WrongException("value number is too long");
        }
        BigDecimal value = new BigDecimal(whole);
        if (at < text.length() && text.charAt(at) == '.') {
            int point = at++;
            digits();
            if (at == point + 1) {
                throw notNumber(at < text.length() ? at : point);
            }
            if (at - point - 1 > SCALE_MAX) {
                throw new WrongException("value number is too long");
            }
            value = new BigDecimal(text.substring(begin, at));
        }
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return value;
    }

    private void digits() {
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
    }

    /** Whether bytes are meant behind a letter such as K. */
    private boolean base() throws WrongException {
        char base = text.charAt(at++);
        if (base != 'b' && base != 'B') {
            throw incorrect(base, List.of('B', 'b'), true);
        }
        return rest(base == 'B');
    }

    /** Bits may be written out behind a B. */
    private boolean rest(boolean bytes) throws WrongException {
        if (at == text.length()) {
            return bytes;
        }
        expect('i', true);
        if (at == text.length()) {
            throw incorrect('i', List.of(), true);
        }
        expect('t', false);
        if (at < text.length()) {
            expect('s', true);
        }
        if (at < text.length()) {
            throw incorrect(text.charAt(at), List.of(), true);
        }
        return false;
    }

    private void expect(char letter, boolean orNone) throws WrongException {
        char found = text.charAt(at++);
        if (Character.toLowerCase(found) != letter) {
            throw incorrect(found, List.of(letter), orNone);
        }
    }

    private WrongException notNumber(int place) {
        return new WrongException("the character '" + symbol(place) + "' is not a number");
    }

    private String symbol(int place) {
        return Character.toString(text.codePointAt(place));
    }

    private WrongException incorrect(char found, List<Character> expected, boolean orNone) {
        StringBuilder words = new StringBuilder("the character '" + found + "' is incorrect (");
        if (expected.isEmpty()) {
            return new WrongException(words + "no character is expected)");
        }
        String separator = "";
        for (char letter : expected) {
            words.append(separator).append('\'').append(letter).append('\'');
            separator = ", ";
        }
        // Twice, where there are several: so says the original.
        words.append(expected.size() > 1 ? " or no character" : "");
        return new WrongException(words + (orNone ? " or no character" : "") + " is expected)");
    }
}
