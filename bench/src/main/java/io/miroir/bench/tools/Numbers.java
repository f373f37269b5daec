package io.miroir.bench.tools;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures as tables show them. */
public final class Numbers {
    private Numbers() {}

    /** Three digits that matter. */
    public static String text(@Nullable Double value) {
        if (value == null) {
            return "-";
        }
        if (value == 0 || Math.abs(value) >= 100) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
    }
}
