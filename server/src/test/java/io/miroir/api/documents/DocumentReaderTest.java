package io.miroir.api.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentReaderTest {
    private static List<String> read(PayloadFormat format, String payload) throws IOException {
        return read(format, ',', payload.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> read(PayloadFormat format, char delimiter, byte[] payload)
            throws IOException {
        List<String> documents = new ArrayList<>();
        long count =
                DocumentReader.read(
                        format,
                        delimiter,
                        new ByteArrayInputStream(payload),
                        document -> documents.add(Json.text(document)));
        assertEquals(documents.size(), count);
        return documents;
    }

    private static ApiException refused(PayloadFormat format, String payload) {
        return assertThrows(ApiException.class, () -> read(format, payload));
    }

    @Test
    void jsonMayBeOneDocumentOrAList() throws IOException {
        assertEquals(List.of("{\"id\":1}"), read(PayloadFormat.JSON, "{\"id\":1}"));
        assertEquals(
                List.of("{\"id\":1}", "{\"id\":2}"),
                read(PayloadFormat.JSON, " [ {\"id\":1}, {\"id\":2} ] "));
        assertEquals(List.of(), read(PayloadFormat.JSON, "[]"));
    }

    /** Numbers come back as they were sent; beyond 64 bits they become doubles. */
    @Test
    void integersOf64BitsStayExact() throws IOException {
        String exact = "{\"a\":18446744073709551615,\"b\":-9223372036854775808}";
        assertEquals(List.of(exact), read(PayloadFormat.JSON, exact));
        assertEquals(
                List.of("{\"a\":1.8446744073709552E19}"),
                read(PayloadFormat.JSON, "{\"a\":18446744073709551616}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "   \n ",
                "[",
                "[{\"id\":1},]",
                "{\"id\":1",
                "{'id':1}",
                "\"string\"",
                "12",
                "null",
                "[1,2]",
                "\uFEFF[{\"id\":1}]"
            })
    void malformedJsonIsRefused(String payload) {
        assertEquals(ErrorCode.MALFORMED_PAYLOAD, refused(PayloadFormat.JSON, payload).code());
    }

    /** Meilisearch sees what is in a list once it has seen that the list ends there. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "JSON | [1] | integer `1`, expected a map at line 1 column 1",
                "JSON | [{\"id\":1}, \"é\"] | string \"é\", expected a map at line 1 column 4",
                "JSON | [ [1] ] | sequence, expected a map at line 1 column 0",
                "JSON | [1.5] | floating point `1.5`, expected a map at line 1 column 3",
                "NDJSON | [{\"id\":1}] | sequence, expected a map at line 1 column 0",
                "NDJSON | {\"id\":1} null | null, expected a map at line 1 column 4",
            })
    void whatIsNoDocumentIsInternal(PayloadFormat format, String payload, String what) {
        ApiException refused = refused(format, payload);
        assertEquals(ErrorCode.INTERNAL, refused.code());
        assertEquals("invalid type: " + what, refused.text());
    }

    @Test
    void whatIsNoDocumentIsNotToldWithoutEnd() {
        String text = refused(PayloadFormat.JSON, "[\"" + "x".repeat(100_000) + "\"]").text();
        assertTrue(text.length() < 10_100, text);
        assertTrue(text.endsWith("xxx..., expected a map at line 1 column 100002"), text);
        assertEquals(
                "invalid type: sequence, expected a map at line 1 column 0",
                refused(PayloadFormat.JSON, "[[1,{\"a\":[2]}]]").text());
        assertEquals(
                ErrorCode.MALFORMED_PAYLOAD, refused(PayloadFormat.JSON, "[[1,{\"a\":[2]}").code());
    }

    /** It took a core for minutes. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aLongCellThatIsNoNumberIsRefused() {
        String cell = "1".repeat(500_000) + "x";
        assertEquals(
                ErrorCode.MALFORMED_PAYLOAD,
                refused(PayloadFormat.CSV, "id:number\n" + cell + "\n").code());
    }

    /** Of these a parser does not tell the place. */
    @Test
    void whatIsTooDeepOrTooLargeIsRefused() {
        String deep = "[".repeat(130) + "]".repeat(130);
        for (String value : List.of(deep, "1e400", "-1E+400", "9".repeat(400), "1e99999999999")) {
            String payload = "{\"id\":1,\"a\":" + value + "}";
            assertEquals(ErrorCode.MALFORMED_PAYLOAD, refused(PayloadFormat.JSON, payload).code());
        }
    }

    /** Shows: a list is read to its end and no further, as Meilisearch does it. */
    @Test
    void whatIsBehindAListIsNotRead() throws IOException {
        assertEquals(List.of("{\"id\":1}"), read(PayloadFormat.JSON, "[{\"id\":1}] x"));
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] payload = {'[', '{', '"', 'a', '"', ':', '"', (byte) 0xFF, '"', '}', ']'};
        ApiException refused =
                assertThrows(ApiException.class, () -> read(PayloadFormat.JSON, ',', payload));
        assertEquals(ErrorCode.MALFORMED_PAYLOAD, refused.code());
    }

    @ParameterizedTest
    @CsvSource({"JSON,json", "NDJSON,ndjson", "CSV,csv"})
    void anEmptyPayloadIsMissing(PayloadFormat format, String word) {
        ApiException refused = refused(format, "");
        assertEquals(ErrorCode.MISSING_PAYLOAD, refused.code());
        assertEquals("A " + word + " payload is missing.", refused.text());
    }

    @Test
    void ndjsonNeedsOnlyWhiteSpaceBetweenDocuments() throws IOException {
        assertEquals(
                List.of("{\"id\":1}", "{\"id\":2}", "{\"id\":3}"),
                read(PayloadFormat.NDJSON, "\n{\"id\":1}\r\n\n{\"id\":2} {\"id\":3}"));
        assertEquals(
                ErrorCode.MALFORMED_PAYLOAD,
                refused(PayloadFormat.NDJSON, "{\"id\":1}\n{bad}\n").code());
    }

    @Test
    void csvIsTypedByItsHeader() throws IOException {
        assertEquals(
                List.of(
                        "{\"id\":\"1\",\"n\":12.5,\"b\":true,\"t:x\":\"a\"}",
                        "{\"id\":\"2\",\"n\":9,\"b\":null,\"t:x\":null}"),
                read(PayloadFormat.CSV, "id,n:number,b:boolean,t:x\n1,12.5,true,a\n2, 9 ,,\n"));
    }

    /** A number that JSON has none for is none. */
    @Test
    void csvHasNumbersWithoutEnd() throws IOException {
        assertEquals(
                List.of("{\"n\":null}", "{\"n\":null}", "{\"n\":null}", "{\"n\":null}"),
                read(PayloadFormat.CSV, "n:number\nNaN\n-inf\n+Infinity\n1e400\n"));
    }

    @Test
    void csvCellsMayBeQuoted() throws IOException {
        assertEquals(
                List.of(
                        "{\"id\":\"a, b\",\"t\":\"say \\\"hi\\\"\"}",
                        "{\"id\":\"two\\nlines\"," + "\"t\":\"x\\\"y\"}"),
                read(
                        PayloadFormat.CSV,
                        "id,t\r\n\"a, b\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",x\"y\r\n"));
    }

    @Test
    void csvMayHaveAnotherDelimiterAndOnlyAHeader() throws IOException {
        byte[] semicolons = "id;t\n1;x\n".getBytes(StandardCharsets.UTF_8);
        assertEquals(
                List.of("{\"id\":\"1\",\"t\":\"x\"}"), read(PayloadFormat.CSV, ';', semicolons));
        assertEquals(List.of(), read(PayloadFormat.CSV, "id,title\n"));
    }

    /** The words and positions are those that Meilisearch 1.50 answered. */
    @Test
    void csvFaultsTellWhere() {
        assertEquals(
                "The `csv` payload provided is malformed: `CSV error: record 2 (line: 3, byte: 13):"
                        + " found record with 1 fields, but the previous record has 2 fields`.",
                refused(PayloadFormat.CSV, "id,title\n1,a\n2\n").text());
        assertEquals(
                "The `csv` payload provided is malformed: `CSV error: record 2 (line: 2, byte: 14):"
                        + " found record with 1 fields, but the previous record has 2 fields`.",
                refused(PayloadFormat.CSV, "id,title\r\n1,a\r\n2\r\n").text());
        assertEquals(
                "The `csv` payload provided is malformed: `Error parsing number \"abc\" at line 1:"
                        + " invalid float literal`.",
                refused(PayloadFormat.CSV, "id,n:number\n1,abc\n").text());
        assertEquals(
                "The `csv` payload provided is malformed: `Error parsing boolean \"yes\" at line 1:"
                        + " provided string was not `true` or `false``.",
                refused(PayloadFormat.CSV, "id,b:boolean\n1,yes\n").text());
    }

    /** A payload is not read ahead of its documents by more than a buffer. */
    @Test
    void documentsAreHandedOnOneByOne() throws IOException {
        byte[] payload = "{\"id\":1}\n".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        ByteArrayInputStream in = new ByteArrayInputStream(payload);
        List<Integer> leftAtFirst = new ArrayList<>();
        DocumentReader.read(
                PayloadFormat.NDJSON,
                ',',
                in,
                _ -> {
                    if (leftAtFirst.isEmpty()) {
                        leftAtFirst.add(in.available());
                    }
                });
        assertTrue(leftAtFirst.getFirst() > payload.length / 2, leftAtFirst.toString());
    }

    @Test
    void contentTypesAreChecked() {
        assertEquals(PayloadFormat.CSV, PayloadFormat.of("Text/CSV; charset=utf-8"));
        ApiException missing = assertThrows(ApiException.class, () -> PayloadFormat.of(null));
        assertEquals(ErrorCode.MISSING_CONTENT_TYPE, missing.code());
        ApiException invalid =
                assertThrows(ApiException.class, () -> PayloadFormat.of("text/plain"));
        assertEquals(ErrorCode.INVALID_CONTENT_TYPE, invalid.code());
        assertTrue(invalid.text().contains("`application/x-ndjson`"), invalid.text());
    }
}
