package io.miroir.embedded.engine.rank;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Words that stand one after the other.
 *
 * @param words normalized; null stands for a stop word, any one will do
 */
record Phrase(List<@Nullable String> words) {
    Phrase {
        words = Collections.unmodifiableList(new ArrayList<>(words));
    }

    /** Words that are not stop words. */
    List<String> present() {
        List<String> present = new ArrayList<>();
        for (String word : words) {
            if (word != null) {
                present.add(word);
            }
        }
        return present;
    }

    String first() {
        return present().getFirst();
    }

    String last() {
        return present().getLast();
    }
}
