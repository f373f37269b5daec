package io.miroir.api;

import tools.jackson.databind.JsonNode;

/**
 * How a sealed value stands in the place of a secret: as something that no client can hand over, so
 * that what a client hands over is never taken for it.
 */
public final class SealedValue {
    /** What clients see of a secret that can't be opened. */
    public static final String MASKED = "XXX...";

    /**
     * Its only member, where a secret is text in JSON: clients give text, and no reserved names.
     */
    public static final String MEMBER = "_miroir_sealed";

    /** What it begins with, where a secret is a header's value: none holds such a character. */
    private static final String HEADER_MARK = "\u0001";

    private SealedValue() {}

    /** Names the key: the text before the first dot. */
    public static String keyId(String sealed) {
        int dot = sealed.indexOf('.');
        return dot < 0 ? sealed : sealed.substring(0, dot);
    }

    /**
     * The error of a secret that can't be opened.
     *
     * @param whose for the message
     */
    public static ApiException closed(String whose, String sealed) {
        return new ApiException(
                ErrorCode.MIROIR_SEAL_KEY_MISSING,
                "A secret of "
                        + whose
                        + " was sealed with key `"
                        + keyId(sealed)
                        + "`, and this pod's seal keys don't open it.");
    }

    /** What stands in JSON. */
    public static JsonNode inJson(String sealed) {
        return Json.object().put(MEMBER, sealed);
    }

    /** Whether JSON text holds one: no word that a client may choose looks like it. */
    public static boolean isIn(String json) {
        return json.contains('"' + MEMBER + "\":\"");
    }

    /** Whether that is a sealed value. */
    public static boolean isSealed(JsonNode value) {
        return value.path(MEMBER).isString();
    }

    /** The sealed text of one. */
    public static String text(JsonNode value) {
        return value.path(MEMBER).asString("");
    }

    /** What stands in a header's place. */
    public static String inHeader(String sealed) {
        return HEADER_MARK + sealed;
    }

    /** Whether a header's value is a sealed one. */
    public static boolean isSealed(String header) {
        return header.startsWith(HEADER_MARK);
    }

    /** The sealed text of one. */
    public static String text(String header) {
        return header.substring(HEADER_MARK.length());
    }
}
