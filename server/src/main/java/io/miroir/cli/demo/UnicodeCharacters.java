package io.miroir.cli.demo;

import io.miroir.api.Json;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every assigned character that the running JDK can name, as a document: about 160,000, from the
 * JDK's own tables, so a demo has real input without a download. Which Unicode version first had a
 * character is something the JDK does not tell.
 */
public final class UnicodeCharacters {
    /** The field that identifies a document: the code point as a number. */
    public static final String PRIMARY_KEY = "id";

    private static final String[] PLANES = {
        "Basic Multilingual Plane",
        "Supplementary Multilingual Plane",
        "Supplementary Ideographic Plane",
        "Tertiary Ideographic Plane"
    };
    private static final int SPECIAL_PURPOSE_PLANE = 14;

    private UnicodeCharacters() {}

    /** The documents in the order of their code points. */
    public static Stream<ObjectNode> documents() {
        return codePoints().mapToObj(UnicodeCharacters::document);
    }

    /** How many documents there are. */
    public static long count() {
        return codePoints().count();
    }

    /** Surrogates and private use have code points, but are no characters with a meaning. */
    private static IntStream codePoints() {
        return IntStream.rangeClosed(Character.MIN_CODE_POINT, Character.MAX_CODE_POINT)
                .filter(Character::isDefined)
                .filter(c -> Character.getType(c) != Character.SURROGATE)
                .filter(c -> Character.getType(c) != Character.PRIVATE_USE);
    }

    /** What the JDK knows of one assigned character. */
    static ObjectNode document(int codePoint) {
        String glyph = Character.toString(codePoint);
        Category category = Category.of(codePoint);
        ObjectNode document =
                Json.object()
                        .put(PRIMARY_KEY, codePoint)
                        .put("code", "U+%04X".formatted(codePoint))
                        .put("character", glyph)
                        .put("name", Character.getName(codePoint))
                        .put("block", words(Character.UnicodeBlock.of(codePoint).toString()))
                        .put("script", words(Character.UnicodeScript.of(codePoint).name()))
                        .put("category", category.words())
                        .put("categoryCode", category.code())
                        .put("plane", plane(codePoint))
                        .put("direction", direction(codePoint))
                        .put("mirrored", Character.isMirrored(codePoint))
                        .put("emoji", Character.isEmojiPresentation(codePoint))
                        .put("utf8", utf8(glyph));
        if (category.isNumber()) {
            putValue(document, codePoint);
        }
        putIfOther(document, "uppercase", glyph, glyph.toUpperCase(Locale.ROOT));
        putIfOther(document, "lowercase", glyph, glyph.toLowerCase(Locale.ROOT));
        putIfOther(
                document,
                "decomposition",
                glyph,
                Normalizer.normalize(glyph, Normalizer.Form.NFKD));
        return document;
    }

    // Letters, which this JDK method takes for digits of base 36, never come here.
    @SuppressWarnings("CharacterGetNumericValue")
    private static void putValue(ObjectNode document, int codePoint) {
        int value = Character.getNumericValue(codePoint);
        if (value >= 0) {
            document.put("value", value);
        }
    }

    private static void putIfOther(ObjectNode document, String field, String glyph, String other) {
        if (!other.equals(glyph)) {
            document.put(field, other);
        }
    }

    private static String plane(int codePoint) {
        int plane = codePoint >>> 16;
        return plane < PLANES.length
                ? PLANES[plane]
                : plane == SPECIAL_PURPOSE_PLANE
                        ? "Supplementary Special-purpose Plane"
                        : "Plane " + plane;
    }

    private static String utf8(String glyph) {
        return HexFormat.ofDelimiter(" ")
                .withUpperCase()
                .formatHex(glyph.getBytes(StandardCharsets.UTF_8));
    }

    /** `LATIN_1_SUPPLEMENT` as people write it: `Latin 1 Supplement`. */
    private static String words(String constant) {
        StringBuilder words = new StringBuilder(constant.length());
        for (int i = 0; i < constant.length(); i++) {
            char c = constant.charAt(i);
            boolean first = i == 0 || constant.charAt(i - 1) == '_';
            words.append(c == '_' ? ' ' : first ? c : Character.toLowerCase(c));
        }
        return words.toString();
    }

    private static String direction(int codePoint) {
        return switch (Character.getDirectionality(codePoint)) {
            case Character.DIRECTIONALITY_LEFT_TO_RIGHT -> "Left to Right";
            case Character.DIRECTIONALITY_RIGHT_TO_LEFT -> "Right to Left";
            case Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC -> "Right to Left Arabic";
            case Character.DIRECTIONALITY_EUROPEAN_NUMBER -> "European Number";
            case Character.DIRECTIONALITY_EUROPEAN_NUMBER_SEPARATOR -> "European Number Separator";
            case Character.DIRECTIONALITY_EUROPEAN_NUMBER_TERMINATOR ->
                    "European Number Terminator";
            case Character.DIRECTIONALITY_ARABIC_NUMBER -> "Arabic Number";
            case Character.DIRECTIONALITY_COMMON_NUMBER_SEPARATOR -> "Common Number Separator";
            case Character.DIRECTIONALITY_NONSPACING_MARK -> "Nonspacing Mark";
            case Character.DIRECTIONALITY_BOUNDARY_NEUTRAL -> "Boundary Neutral";
            case Character.DIRECTIONALITY_PARAGRAPH_SEPARATOR -> "Paragraph Separator";
            case Character.DIRECTIONALITY_SEGMENT_SEPARATOR -> "Segment Separator";
            case Character.DIRECTIONALITY_WHITESPACE -> "Whitespace";
            case Character.DIRECTIONALITY_OTHER_NEUTRALS -> "Other Neutral";
            default -> "Formatting";
        };
    }
}
