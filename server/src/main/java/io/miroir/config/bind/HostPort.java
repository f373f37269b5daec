package io.miroir.config.bind;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a peer is reached.
 *
 * @param host name or address, IPv6 without its brackets
 * @param port 1 to 65535
 */
@Text(allowed = "host:port with a port of 1 to 65535, for example pod-0.example:9001 or [::1]:9001")
public record HostPort(String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([^\\s:/\\[\\]]+)):([0-9]{1,5})");

    /** Parses {@code host:port}; null if it is not one. */
    public static @Nullable HostPort parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        int port = Integer.parseInt(form.group(3));
        String host = form.group(1) == null ? form.group(2) : form.group(1);
        return port < 1 || port > 65535 ? null : new HostPort(host, port);
    }

    @Override
    public String toString() {
        return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }
}
