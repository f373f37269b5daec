package io.miroir.api.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.FilterParser;
import io.miroir.core.filter.FilterPrinter;
import io.miroir.core.filter.FilterSyntaxException;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conditions on other indexes are read, and refused, as Meilisearch 1.50 does it. */
class ForeignFilterTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "_foreign(a, b = 1) | _foreign(\"a\", \"b\" = \"1\")",
                "_foreign( 'a.b' ,b = 1 OR c = 2 ) | _foreign(\"a.b\", (\"b\" = \"1\") OR (\"c\" = \"2\"))",
                "NOT _foreign(a, NOT b EXISTS) | NOT (_foreign(\"a\", NOT (\"b\" EXISTS)))",
                "(_foreign(a, (b = 1))) AND c = 2"
                        + " | (_foreign(\"a\", \"b\" = \"1\")) AND (\"c\" = \"2\")",
                "_foreign(a, _foreign(b, c = 1)) | _foreign(\"a\", _foreign(\"b\", \"c\" = \"1\"))",
                "_foreign = 1 | \"_foreign\" = \"1\"",
                "_foreign EXISTS | \"_foreign\" EXISTS",
            })
    void theyAreRead(String asked, String read) {
        assertEquals(read, FilterPrinter.print(parse(asked)));
    }

    /** Shows: messages point to what is wrong, and show the filter from its condition on. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "_foreign|but instead found ``.@9:9 _foreign",
                "_foreign()|but instead found ``.@10:10 _foreign()",
                "_foreign (a, n = 1)|but instead found ` (a, n = 1)`.@9:20 _foreign (a, n = 1)",
                "x = 1 AND _foreign(a n = 1)|but instead found `n = 1)`.@22:28 _foreign(a n = 1)",
                "_foreign(a, n = )|but instead found ``.@17:17 _foreign(a, n = )",
                "_foreign(a, n = 1|but instead found ``.@18:18 _foreign(a, n = 1",
            })
    void whatIsWrongInOneIsTold(String asked, String told) {
        String text = assertThrows(FilterSyntaxException.class, () -> parse(asked)).text();
        assertEquals(
                "Was expecting a field name and an condition inside `_foreign(..)` filter "
                        + told.replace('@', '\n'),
                text);
    }

    @Test
    void whatFollowsAConditionIsNoPartOfIt() {
        for (String condition : new String[] {"_foreign(a, n = 1)", "a EXISTS", "a IS NULL"}) {
            String text =
                    assertThrows(FilterSyntaxException.class, () -> parse(condition + " ")).text();
            int end = condition.length() + 1;
            assertEquals(
                    "Found unexpected characters at the end of the filter: ` `. You probably"
                            + " forgot an `OR` or an `AND` rule.\n"
                            + end
                            + ":"
                            + (end + 1)
                            + " "
                            + condition
                            + " ",
                    text);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // One feature after the other, wherever they are used.
                "_vectors EXISTS AND _shard = 1 AND _foreign(x, y CONTAINS z) | CONTAINS_FILTER |"
                        + " 50:58 _foreign(x, y CONTAINS z)",
                "_vectors EXISTS AND _shard = 1 AND _foreign(x, y = 1) | FOREIGN_KEYS |"
                        + " 45:46 _foreign(x, y = 1)",
                "_foreign(a, b = 1) AND _foreign(c, d = 1) | FOREIGN_KEYS |"
                        + " 33:34 _foreign(c, d = 1)",
                "_vectors EXISTS AND _shard IN [a] | NETWORK | 21:27 _vectors EXISTS AND _shard IN [a]",
                "_vectors EXISTS | MULTIMODAL | 1:9 _vectors EXISTS",
            })
    void featuresThatAreOffAreTold(String asked, Feature off, String where) {
        ApiException refused =
                assertThrows(
                        ApiException.class,
                        () -> FilterFeatures.check(parse(asked), Features.NONE));
        assertEquals(ErrorCode.FEATURE_NOT_ENABLED, refused.code());
        List<String> lines = refused.text().lines().toList();
        assertEquals(where, lines.get(1));
        assertTrue(lines.get(0).endsWith(off.offText("")), lines.get(0));
        FilterFeatures.check(
                parse(asked), new Features(EnumSet.complementOf(EnumSet.noneOf(Feature.class))));
    }

    @Test
    void routesThatDontLookIntoOthersSaySo() {
        ApiException refused =
                assertThrows(
                        ApiException.class,
                        () ->
                                FilterFeatures.refuseForeign(
                                        parse("a = 1 AND _foreign(b, c = 1)"),
                                        ErrorCode.INVALID_DOCUMENT_FILTER));
        assertEquals(
                "Filter condition `_foreign` is not supported for this endpoint.\n"
                        + "20:21 _foreign(b, c = 1)",
                refused.text());
    }

    private static Filter parse(String text) {
        return Objects.requireNonNull(FilterParser.parse(text));
    }
}
