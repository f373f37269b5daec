package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.VectorReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sorts by nearness of vectors; documents without any come last. */
final class VectorRule implements Rule {
    private final Snapshot snapshot;
    private final String embedder;
    private final float[] target;

    VectorRule(Snapshot snapshot, String embedder, float[] target) {
        this.snapshot = snapshot;
        this.embedder = embedder;
        this.target = target.clone();
    }

    private record Near(int doc, float similarity) {}

    @Override
    public Iterator<Bucket> buckets(int[] docs, List<Path> paths, int wanted) {
        List<Near> near = new ArrayList<>();
        int[] without = new int[docs.length];
        int withoutCount = 0;
        VectorReader reader = new VectorReader(snapshot, embedder);
        for (int doc : docs) {
            float similarity = reader.similarity(doc, target);
            if (Float.isNaN(similarity)) {
                without[withoutCount++] = doc;
            } else {
                near.add(new Near(doc, similarity));
            }
        }
        near.sort((a, b) -> Float.compare(b.similarity, a.similarity));
        List<Bucket> buckets = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= near.size(); i++) {
            if (i == near.size() || near.get(i).similarity != near.get(start).similarity) {
                int[] own = near.subList(start, i).stream().mapToInt(Near::doc).toArray();
                Arrays.sort(own);
                buckets.add(bucket(own, paths, near.get(start).similarity));
                start = i;
            }
        }
        if (withoutCount > 0) {
            buckets.add(bucket(Arrays.copyOf(without, withoutCount), paths, null));
        }
        return buckets.iterator();
    }

    private static Bucket bucket(int[] docs, List<Path> paths, @Nullable Float similarity) {
        return new Bucket(docs, paths, new Score.Vector(similarity));
    }
}
