package io.miroir.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Meilisearch 1.50 makes of dates that clients send. */
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
        "2042-04-02_00:42:42Z,           2042-04-02T00:42:42Z",
        "2042-04-02é00:42:42Z,           none",
        "2042-04-02T00:42:42+18:00,      2042-04-02T00:42:42+18:00",
        "2042-04-02T00:42:42+23:59,      2042-04-01T00:43:42Z",
        "2042-04-02T00:42:42-18:01,      2042-04-02T18:43:42Z",
        "2042-04-02T00:42:42+02:60,      none",
        "2042-06-30T23:59:60Z,           2042-06-30T23:59:59.999999999Z",
        "2042-06-30T18:59:60.5-05:00,    2042-06-30T18:59:59.999999999-05:00",
        "2042-06-29T23:59:60Z,           none",
        "2042-06-30T23:58:60Z,           none",
        "+2042-04-02T00:42:42Z,          none",
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

    @ParameterizedTest
    @CsvSource({
        "2042-04-02,   2042-04-02T00:00:00Z",
        "+2042-04-02,  2042-04-02T00:00:00Z",
        "-2042-04-02,  -2042-04-02T00:00:00Z",
        "-0000-04-02,  0000-04-02T00:00:00Z",
        "+12042-04-02, none",
        "+242-04-02,   none",
        "++2042-04-02, none",
        "2042-4-02,    none",
        "2042-02-29,   none",
        "2044-02-29,   2044-02-29T00:00:00Z"
    })
    void days(String text, String read) {
        assertEquals(read, Timestamps.parseDay(text).map(Timestamps::rfc3339).orElse("none"));
    }

    @ParameterizedTest
    @CsvSource({
        "2042-04-02T00:42:42,    2042-04-02T00:42:42Z",
        "+2042-04-02 00:42:42,   2042-04-02T00:42:42Z",
        "2042-04-02t00:42:42,    none",
        "2042-04-02T00:42:42.5,  none",
        "2042-06-30T23:59:60,    none",
        "2042-04-02T24:00:00,    none",
        "+12042-04-02T00:42:42,  none"
    })
    void localTimes(String text, String read) {
        assertEquals(read, Timestamps.parseLocal(text).map(Timestamps::rfc3339).orElse("none"));
    }
}
