package io.miroir.api;

import java.math.BigDecimal;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** JSON text inside error messages. */
public final class JsonText {
    private JsonText() {}

    /** A number as Rust displays it: never with an exponent, a whole one without a fraction. */
    public static String plain(double number) {
        if (!Double.isFinite(number)) {
            return Double.isNaN(number) ? "NaN" : number > 0 ? "inf" : "-inf";
        }
        return new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
    }

    /**
     * What a value is called where another kind is wanted: its kind, and its text if that is one.
     */
    public static String kindOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "map";
            case ARRAY -> "sequence";
            case STRING -> "string " + of(value);
            case BOOLEAN -> "boolean `" + of(value) + "`";
            case NUMBER ->
                    (value.isIntegralNumber() ? "integer `" : "floating point `") + of(value) + "`";
            case NULL, BINARY, MISSING, POJO -> "null";
        };
    }

    /**
     * The text of a value as Meilisearch prints it: an exponent is signed and has no needless
     * fraction ({@code 1e+300}, not {@code 1.0E300}).
     */
    public static String of(JsonNode value) {
        if (!value.isFloatingPointNumber()) {
            return Json.text(value);
        }
        String text = Double.toString(value.doubleValue()).toLowerCase(Locale.ROOT);
        int exponent = text.indexOf('e');
        if (exponent < 0) {
            return text;
        }
        String digits = text.substring(0, exponent).replaceFirst("\\.0$", "");
        String power = text.substring(exponent + 1);
        return digits + (power.startsWith("-") ? "e" : "e+") + power;
    }
}
