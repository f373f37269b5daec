package io.miroir.fanout.answer;

import io.miroir.core.merge.KWayMerge;
import io.miroir.core.merge.Kept;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A list in which each value of an attribute is shown once: what has one of a better hit is left
 * out.
 *
 * @param <T> a hit
 */
final class ShownOnce<T> implements Iterator<T> {
    private final Function<T, ? extends JsonNode> json;
    private final @Nullable String attribute;
    private final Kept<T> kept;
    private final SeenValues values;
    private final List<T> duplicates = new ArrayList<>();
    private boolean past;

    /**
     * Of a list.
     *
     * @param attribute null to show everything
     */
    ShownOnce(
            Iterator<T> all,
            Function<T, ? extends JsonNode> json,
            @Nullable String attribute,
            SeenValues.As as) {
        this.json = json;
        this.attribute = attribute;
        this.values = new SeenValues(as);
        this.kept = new Kept<>(all, this::isShown);
    }

    @Override
    public boolean hasNext() {
        return kept.hasNext();
    }

    @Override
    public T next() {
        return kept.next();
    }

    /** The next ones, as many as there are. */
    List<T> take(int count) {
        return KWayMerge.take(this, count);
    }

    /**
     * What is behind the page.
     *
     * @param counted whether one server would have looked at all of it, as it does for pages that
     *     are counted; else it leaves out only what has a value that it has shown
     */
    List<T> rest(boolean counted) {
        past = !counted;
        return take(Integer.MAX_VALUE);
    }

    /** What was left out so far. */
    List<T> duplicates() {
        return duplicates;
    }

    /** Whether a hit had several values. */
    boolean sawArray() {
        return values.sawArray();
    }

    private boolean isShown(T hit) {
        if (attribute == null) {
            return true;
        }
        List<JsonNode> own = HitView.values(json.apply(hit), attribute);
        boolean duplicate = past ? values.has(own) : values.isDuplicate(own);
        if (duplicate) {
            duplicates.add(hit);
        }
        return !duplicate;
    }
}
