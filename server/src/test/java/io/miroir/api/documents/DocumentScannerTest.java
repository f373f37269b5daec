package io.miroir.api.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents are found by their bytes; what a scanner is not sure of it leaves to trees. */
class DocumentScannerTest {
    private static final int NOT_ALIKE = -2;

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean scan(PayloadFormat format, InputStream in, List<String> found)
            throws IOException {
        return DocumentScanner.scan(
                format,
                in,
                document -> {
                    int length = document.end() - document.start();
                    found.add(
                            new String(
                                    document.bytes(),
                                    document.start(),
                                    length,
                                    StandardCharsets.UTF_8));
                });
    }

    /** Windows end inside of each part of a document some time, and streams give what they like. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, 1 << 20})
    void documentsAreFoundWhereverWindowsEnd(int read) throws IOException {
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            sent.add(
                    "{ \"id\" :%d, \"t\": \"%s\\\"\", \"n\":[-1.5e3,true,null,{\"a\":\"é日😀\"}]}"
                            .formatted(i, "xy".repeat(i % 97)));
        }
        sent.add("{\"id\":\"" + "long".repeat(100_000) + "\"}");
        for (PayloadFormat format : List.of(PayloadFormat.JSON, PayloadFormat.NDJSON)) {
            boolean list = format == PayloadFormat.JSON;
            String text =
                    list ? "[" + String.join(" ,\n", sent) + "]" : String.join("\n", sent) + "\n";
            List<String> found = new ArrayList<>();
            assertTrue(scan(format, new SlowStream(stream(text), read), found));
            assertEquals(sent, found);
        }
    }

    private static final class SlowStream extends FilterInputStream {
        private final int most;

        SlowStream(InputStream in, int most) {
            super(in);
            this.most = most;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, Math.min(length, most));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[",
                "[{\"a\":1},]",
                "[{\"a\":1}",
                "{\"a\":1",
                "{'a':1}",
                "12",
                "null",
                "[1]",
                "[{\"a\":1}] x",
                "{\"a\":1}{\"a\":1}",
                "{\"a\":01}",
                "{\"a\":1.}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1e}",
                "{\"a\":tru}",
                "{\"a\":NaN}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u00g0\"}",
                "{\"a\" 1}",
                "{\"a\":1 \"b\":2}",
                "{a:1}",
                "{\"a\":[1,]}",
                "{\"a\":1,}",
                "{,}",
                "\uFEFF{\"a\":1}",
                "{\"a\":1}\u00A0"
            })
    void whatIsMalformedIsLeftToTrees(String payload) throws IOException {
        assertFalse(scan(PayloadFormat.JSON, stream(payload), new ArrayList<>()));
    }

    /** As table 3-7 of the Unicode standard has them; in Latin-1 here, a character a byte. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00FF",
                "\u0080",
                "\u00C0\u00AF",
                "\u00C1\u00BF",
                "\u00E0\u009F\u00BF",
                "\u00ED\u00A0\u0080",
                "\u00F0\u008F\u00BF\u00BF",
                "\u00F4\u0090\u0080\u0080",
                "\u00F5\u0080\u0080\u0080",
                "\u00E2\u0082",
                "\u00C3"
            })
    void whatIsNoUtf8IsLeftToTrees(String latin) throws IOException {
        byte[] bytes = ("{\"a\":\"" + latin + "\"}").getBytes(StandardCharsets.ISO_8859_1);
        assertFalse(scan(PayloadFormat.JSON, new ByteArrayInputStream(bytes), new ArrayList<>()));
    }

    @Test
    void whatIsTooDeepOrTooLargeIsLeftToTrees() throws IOException {
        List<String> large =
                List.of(
                        "[".repeat(100) + "]".repeat(100),
                        "\"" + "x".repeat(2 * DocumentScanner.DOCUMENT_BYTES_MAX) + "\"",
                        "{\"" + "x".repeat(2_000) + "\":1}",
                        "1".repeat(200));
        for (String value : large) {
            assertFalse(
                    scan(
                            PayloadFormat.JSON,
                            stream("[{\"a\":1},{\"b\":" + value + "}]"),
                            new ArrayList<>()));
        }
    }

    /** The length of an id that is read off the bytes; none where readers may differ. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{\"id\":1}|1",
                "{\"id\":\"a-B_3\"}|5",
                "{\"id\":-12}|3",
                "{\"id\":0}|1",
                "{\"id\":-0}|-1",
                "{\"id\":1.0}|-1",
                "{\"id\":1234567890123456789}|-1",
                "{\"id\":\"\"}|-1",
                "{\"id\":\"a b\"}|-1",
                "{\"id\":null}|-1",
                "{\"id\":1,\"x\":\"\\ud800\"}|-2",
                "{\"id\":1,\"x\":1e300}|-2",
                "{\"id\":1,\"x\":1e30}|1",
                "{\"id\":1,\"\\u0061\":1}|-2",
                "{\"id\":1,\"x\":{\"\\u0061\":1}}|1"
            })
    void idsAreReadOffBytesWhereTheyAreSpelledOut(String document, int length) throws IOException {
        List<Integer> lengths = new ArrayList<>();
        byte[] id = new byte[PrimaryKey.ID_BYTES_MAX];
        assertTrue(
                DocumentScanner.scan(
                        PayloadFormat.JSON,
                        stream(document),
                        found ->
                                lengths.add(
                                        found.isReadAlike() ? found.copyId(0, id) : NOT_ALIKE)));
        assertEquals(List.of(length), lengths);
    }
}
