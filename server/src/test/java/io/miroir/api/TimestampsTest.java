package io.miroir.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Meilisearch 1.50 makes of dates that clients send (measured). */
class TimestampsTest {
    @ParameterizedTest
    @CsvSource({
        "2042-04-02T00:42:42Z,           2042-04-02T00:42:42Z",
        "2042-04-02t00:42:42z,           2042-04-02T00:42:42Z",
        "2042-04-02 00:42:42Z,           2042-04-02T00:42:42Z",
        "2042-04-02T00:42:42.100Z,       2042-04-02T00:42:42.1Z",
        "2042-04-02T00:42:42.1234567891Z, 2042-04-02T00:42:42.123456789Z",
        "2042-04-02T00:42:42+02:00,      2042-04-02T00:42:42+02:00",
        "2042-04-02T00:42:42-09:30,      2042-04-02T00:42:42-09:30",
        "2042-04-02T00:42:42-00:00,      2042-04-02T00:42:42Z",
        "2042-04-02T00:42Z,              none",
        "2042-04-02T00:42:42+0200,       none",
        "2042-04-02T00:42:42+24:00,      none",
        "2042-04-02T24:00:00Z,           none",
        "2042-02-30T00:00:00Z,           none",
        "12042-04-02T00:42:42Z,          none",
        "'2042-04-02T00:42:42,5Z',       none"
    })
    void rfc3339(String text, String read) {
        assertEquals(read, Timestamps.parseRfc3339(text).map(Timestamps::rfc3339).orElse("none"));
    }
}
