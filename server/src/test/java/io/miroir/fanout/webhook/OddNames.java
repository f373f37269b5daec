package io.miroir.fanout.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/**
 * Names as networks of containers know them: one with an underscore leads to this machine. So does
 * one whose owner says something else to whom asks first.
 */
public final class OddNames extends InetAddressResolverProvider {
    public static final String UNDERSCORE = "web_hook.miroir-test";

    /** Leads to 127.0.0.2, whoever asks the JVM. */
    public static final String REBOUND = "rebound.miroir-test";

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver others = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
                    throws UnknownHostException {
                return switch (host) {
                    case UNDERSCORE -> Stream.of(InetAddress.ofLiteral("127.0.0.1"));
                    case REBOUND -> Stream.of(InetAddress.ofLiteral("127.0.0.2"));
                    default -> others.lookupByName(host, policy);
                };
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return others.lookupByAddress(address);
            }
        };
    }

    @Override
    public String name() {
        return "odd names";
    }
}
