package io.miroir.embedded.engine.find;

import io.miroir.embedded.engine.settings.IndexSettings;
import java.util.SortedSet;
import java.util.TreeSet;

/** Names of attributes as messages list them. */
public final class Names {
    private Names() {}

    /** Names that are displayed, with a remark if others are not. */
    public static String shown(SortedSet<String> names, IndexSettings settings) {
        SortedSet<String> shown = new TreeSet<>(names);
        shown.removeIf(name -> !settings.isNamedDisplayed(name));
        String listed = String.join(", ", shown);
        return shown.size() < names.size() ? listed + ", <..hidden-attributes>" : listed;
    }
}
