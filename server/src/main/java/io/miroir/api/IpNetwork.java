package io.miroir.api;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Addresses that begin alike.
 *
 * @param address any of them
 * @param bits how many bits are alike
 */
public record IpNetwork(InetAddress address, int bits) {
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,3}");

    /** Reads {@code 10.0.0.0/8}, {@code fd00::/8}, or one address; empty for anything else. */
    public static Optional<IpNetwork> parse(String text) {
        int slash = text.indexOf('/');
        String begin = slash < 0 ? text : text.substring(0, slash);
        try {
            InetAddress address = InetAddress.ofLiteral(begin);
            int all = address.getAddress().length * Byte.SIZE;
            if (slash < 0) {
                return Optional.of(new IpNetwork(address, all));
            }
            String bits = text.substring(slash + 1);
            return DIGITS.matcher(bits).matches() && Integer.parseInt(bits) <= all
                    ? Optional.of(new IpNetwork(address, Integer.parseInt(bits)))
                    : Optional.empty();
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /** Whether that one is among them. */
    public boolean has(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] its = other.getAddress();
        if (mine.length != its.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % Byte.SIZE);
            if (((mine[bit / Byte.SIZE] ^ its[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
