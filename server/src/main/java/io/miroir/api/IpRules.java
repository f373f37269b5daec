package io.miroir.api;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Which addresses may be spoken to: those of the whole internet, as with Meilisearch, and of local
 * ones those that the operator allows. Who may export must not reach into a private network.
 *
 * @param allowed local networks
 */
public record IpRules(List<IpNetwork> allowed) {
    public IpRules {
        allowed = List.copyOf(allowed);
    }

    /** Whether that one may be. */
    public boolean allows(InetAddress address) {
        return isGlobal(address) || allowed.stream().anyMatch(network -> network.has(address));
    }

    private static boolean isGlobal(InetAddress address) {
        return switch (address) {
            case Inet4Address four -> isGlobal(four.getAddress());
            case Inet6Address six -> isGlobal(six);
            default -> false;
        };
    }

    private static boolean isGlobal(byte[] four) {
        int first = four[0] & 0xff;
        int second = four[1] & 0xff;
        int third = four[2] & 0xff;
        int fourth = four[3] & 0xff;
        boolean isPrivate =
                first == 10
                        || (first == 172 && (second & 0xf0) == 16)
                        || (first == 192 && second == 168)
                        || (first == 100 && (second & 0xc0) == 64);
        boolean isProtocol =
                first == 192 && second == 0 && third == 0 && fourth != 9 && fourth != 10;
        boolean isDocumentation =
                (first == 192 && second == 0 && third == 2)
                        || (first == 198 && second == 51 && third == 100)
                        || (first == 203 && second == 0 && third == 113);
        return !(first == 0
                || isPrivate
                || first == 127
                || (first == 169 && second == 254)
                || isProtocol
                || isDocumentation
                || (first == 198 && (second & 0xfe) == 18)
                || first >= 240);
    }

    private static boolean isGlobal(Inet6Address address) {
        byte[] bytes = address.getAddress();
        int[] s = new int[8];
        for (int i = 0; i < s.length; i++) {
            s[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
        }
        boolean isProtocol =
                s[0] == 0x2001
                        && s[1] < 0x200
                        && !(s[1] == 3
                                || (s[1] == 4 && s[2] == 0x112)
                                || (s[1] >= 0x20 && s[1] <= 0x3f)
                                || (s[1] == 1 && isAnycast(s)));
        boolean isMapped =
                s[0] == 0 && s[1] == 0 && s[2] == 0 && s[3] == 0 && s[4] == 0 && s[5] == 0xffff;
        return !(address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || isMapped
                || (s[0] == 0x64 && s[1] == 0xff9b && s[2] == 1)
                || (s[0] == 0x100 && s[1] == 0 && s[2] == 0 && s[3] == 0)
                || isProtocol
                || s[0] == 0x2002
                || (s[0] == 0x2001 && s[1] == 0xdb8)
                || (s[0] == 0x3fff && s[1] <= 0xfff)
                || s[0] == 0x5f00
                || (s[0] & 0xfe00) == 0xfc00
                || (s[0] & 0xffc0) == 0xfe80);
    }

    /** {@code 2001:1::1} and {@code 2001:1::2}. */
    private static boolean isAnycast(int[] s) {
        return s[2] == 0
                && s[3] == 0
                && s[4] == 0
                && s[5] == 0
                && s[6] == 0
                && (s[7] == 1 || s[7] == 2);
    }
}
