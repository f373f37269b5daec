package io.miroir.api;

import java.io.ByteArrayOutputStream;
import java.net.IDN;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The host of a URL, by the URL Standard. */
final class UrlHost {
    static final String EMPTY = "empty host";

    private static final String NO_NAME = "invalid international domain name";
    private static final String NO_ADDRESS = "invalid IPv4 address";

    /** No name has these, nor what is not printed. */
    private static final String FORBIDDEN = "%#/:<>?@[\\]^|";

    private static final int NUMBERS_MAX = 4;

    /** Of a label that stands for other letters: these are found in the square of its length. */
    private static final int LABEL_CHARS_MAX = 2_000;

    private UrlHost() {}

    /** What is wrong with one of a scheme such as http; nothing if it is a host. */
    static Optional<String> fault(String text) {
        if (text.startsWith("[")) {
            return faultOfIpv6(text);
        }
        String name;
        try {
            name = lettersAlone(percentDecoded(text));
        } catch (IllegalArgumentException noName) {
            return Optional.of(NO_NAME);
        }
        if (name.isEmpty()) {
            return Optional.of(EMPTY);
        }
        boolean forbidden =
                name.chars().anyMatch(c -> c <= ' ' || c == 127 || FORBIDDEN.indexOf(c) >= 0);
        if (forbidden || labels(name).stream().anyMatch(UrlHost::isUnreadable)) {
            return Optional.of(NO_NAME);
        }
        return endsInNumber(name) && !isIpv4(name) ? Optional.of(NO_ADDRESS) : Optional.empty();
    }

    /** One without a fault as it is asked for: in letters of ASCII, an address in numbers. */
    static String canonical(String text) {
        if (text.startsWith("[")) {
            return text.toLowerCase(Locale.ROOT);
        }
        String name = lettersAlone(percentDecoded(text)).toLowerCase(Locale.ROOT);
        return endsInNumber(name) ? ipv4(name) : name;
    }

    /** The same of any other scheme. */
    static Optional<String> faultOfOpaque(String text) {
        if (text.startsWith("[")) {
            return faultOfIpv6(text);
        }
        return text.chars().anyMatch(c -> "\0\t\n\r #/:<>?@[\\]^|".indexOf(c) >= 0)
                ? Optional.of("invalid domain character")
                : Optional.empty();
    }

    private static Optional<String> faultOfIpv6(String text) {
        return text.endsWith("]") && isIpv6(text.substring(1, text.length() - 1))
                ? Optional.empty()
                : Optional.of("invalid IPv6 address");
    }

    private static boolean isIpv6(String address) {
        if (!address.contains(":") || address.contains("%")) {
            return false;
        }
        try {
            InetAddress _ = InetAddress.ofLiteral(address);
            return true;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private static String lettersAlone(String name) {
        boolean ascii = name.chars().allMatch(c -> c < 128);
        return ascii ? name : IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
    }

    /** Whether it claims to stand for other letters, and does not. */
    private static boolean isUnreadable(String label) {
        return label.toLowerCase(Locale.ROOT).startsWith("xn--")
                && (label.length() > LABEL_CHARS_MAX
                        || IDN.toUnicode(label, IDN.ALLOW_UNASSIGNED).equals(label));
    }

    private static String percentDecoded(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream();
        for (int i = 0; i < bytes.length; i++) {
            int value = bytes[i] == '%' && i + 2 < bytes.length ? hex(bytes, i + 1) : -1;
            decoded.write(value < 0 ? bytes[i] : value);
            i += value < 0 ? 0 : 2;
        }
        return decoded.toString(StandardCharsets.UTF_8);
    }

    /** The byte of two digits; negative if these are none. */
    private static int hex(byte[] bytes, int at) {
        int high = Character.digit(bytes[at], 16);
        int low = Character.digit(bytes[at + 1], 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private static List<String> labels(String name) {
        String text = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return Arrays.asList(text.split("\\.", -1));
    }

    private static boolean endsInNumber(String name) {
        String last = labels(name).getLast();
        return !last.isEmpty()
                && (last.chars().allMatch(c -> c >= '0' && c <= '9') || number(last).isPresent());
    }

    private static boolean isIpv4(String name) {
        List<String> parts = labels(name);
        if (parts.size() > NUMBERS_MAX) {
            return false;
        }
        for (int i = 0; i < parts.size(); i++) {
            OptionalLong number = number(parts.get(i));
            // The last stands for all bytes that are left.
            int bytes = i == parts.size() - 1 ? NUMBERS_MAX - i : 1;
            if (number.isEmpty() || number.getAsLong() >= 1L << (8 * bytes)) {
                return false;
            }
        }
        return true;
    }

    /** Its four numbers, the last of which may be told as one with others. */
    private static String ipv4(String name) {
        List<String> parts = labels(name);
        long address = 0;
        for (int i = 0; i < parts.size(); i++) {
            int shift = i == parts.size() - 1 ? 0 : 8 * (NUMBERS_MAX - 1 - i);
            address += number(parts.get(i)).orElseThrow() << shift;
        }
        return (address >> 24)
                + "."
                + ((address >> 16) & 0xff)
                + "."
                + ((address >> 8) & 0xff)
                + "."
                + (address & 0xff);
    }

    /** A number in its base; more than an address can be is the largest there is. */
    private static OptionalLong number(String text) {
        boolean hex = text.startsWith("0x") || text.startsWith("0X");
        boolean octal = !hex && text.length() > 1 && text.startsWith("0");
        String digits = hex ? text.substring(2) : octal ? text.substring(1) : text;
        int base = hex ? 16 : octal ? 8 : 10;
        if (digits.isEmpty()) {
            return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(0);
        }
        if (!digits.chars().allMatch(c -> c < 128 && Character.digit(c, base) >= 0)) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(digits, base));
        } catch (NumberFormatException large) {
            return OptionalLong.of(Long.MAX_VALUE);
        }
    }
}
