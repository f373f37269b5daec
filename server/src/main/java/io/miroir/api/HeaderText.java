package io.miroir.api;

import java.util.regex.Pattern;

/** Values of headers. */
public final class HeaderText {
    private static final Pattern VISIBLE = Pattern.compile("[\\t\\x20-\\x7e]*");

    private HeaderText() {}

    /** Whether it is of visible ASCII alone: Meilisearch takes no other one for a text. */
    public static boolean isVisible(String value) {
        return VISIBLE.matcher(value).matches();
    }
}
