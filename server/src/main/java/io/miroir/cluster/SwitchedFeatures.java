package io.miroir.cluster;

import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.feature.FeatureRow;
import io.miroir.store.feature.FeatureSwitches;
import java.util.EnumMap;
import java.util.Map;

/** Which experimental features are on, by this pod's copy of the task store. */
public final class SwitchedFeatures {
    private final FeatureSwitches switches;

    /** Those of that store. */
    public SwitchedFeatures(Rooms rooms) {
        this.switches = rooms.features();
    }

    /** The features as they are now. A name that this program does not know is passed over. */
    public Features now() {
        Map<Feature, Boolean> touched = new EnumMap<>(Feature.class);
        for (FeatureRow row : switches.list(ReadLevel.LOCAL, FeatureSwitches.ROWS_MAX)) {
            Feature.named(row.name()).ifPresent(feature -> touched.put(feature, row.on()));
        }
        return Features.NONE.with(touched);
    }

    /** Switches features for all pods. */
    public void put(Map<Feature, Boolean> wanted) {
        wanted.forEach(
                (feature, on) -> switches.put(new FeatureRow(feature.wireName(), on, 0)).orThrow());
    }
}
