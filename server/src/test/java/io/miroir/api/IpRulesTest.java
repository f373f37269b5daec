package io.miroir.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may export must not reach into a private network. */
class IpRulesTest {
    private static final IpRules NOTHING_LOCAL = new IpRules(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.1.2.3",
                "100.64.0.1",
                "127.0.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.168.0.1",
                "198.18.0.1",
                "198.51.100.1",
                "203.0.113.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002::1",
                "3fff::1",
                "5f00::1",
                "fc00::1",
                "fd12::1",
                "fe80::1",
            })
    void localAddressesAreRefused(String address) {
        assertFalse(NOTHING_LOCAL.allows(InetAddress.ofLiteral(address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "172.32.0.1",
                "192.0.0.9",
                "198.20.0.1",
                "223.255.255.255",
                "2606:4700::1111",
                "2001:1::1",
                "2001:20::1",
                "2001:4:112::1",
            })
    void othersAreAllowed(String address) {
        assertTrue(NOTHING_LOCAL.allows(InetAddress.ofLiteral(address)));
    }

    @Test
    void theOperatorAllowsNetworks() {
        IpRules rules =
                new IpRules(
                        List.of(
                                IpNetwork.parse("10.1.0.0/16").orElseThrow(),
                                IpNetwork.parse("fd00::/9").orElseThrow(),
                                IpNetwork.parse("127.0.0.1").orElseThrow()));
        assertTrue(rules.allows(InetAddress.ofLiteral("10.1.255.1")));
        assertFalse(rules.allows(InetAddress.ofLiteral("10.2.0.1")));
        assertTrue(rules.allows(InetAddress.ofLiteral("fd7f::1")));
        assertFalse(rules.allows(InetAddress.ofLiteral("fd80::1")));
        assertTrue(rules.allows(InetAddress.ofLiteral("127.0.0.1")));
        assertFalse(rules.allows(InetAddress.ofLiteral("127.0.0.2")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "host", "/8"})
    void whatIsNoNetworkIsNone(String text) {
        assertEquals(false, IpNetwork.parse(text).isPresent());
    }
}
