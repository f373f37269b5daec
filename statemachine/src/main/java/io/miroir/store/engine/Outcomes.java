package io.miroir.store.engine;

import io.miroir.proto.store.Done;
import io.miroir.proto.store.Fenced;
import io.miroir.proto.store.Full;
import io.miroir.proto.store.Outcome;

/** Outcomes that several appliers give. */
public final class Outcomes {
    public static final Outcome DONE =
            Outcome.newBuilder().setDone(Done.getDefaultInstance()).build();
    public static final Outcome NOT_INTENDED =
            Outcome.newBuilder().setNotIntended(Done.getDefaultInstance()).build();
    public static final Outcome KEY_REUSED =
            Outcome.newBuilder().setKeyReused(Done.getDefaultInstance()).build();
    public static final Outcome NO_SUCH_TASK =
            Outcome.newBuilder().setNoSuchTask(Done.getDefaultInstance()).build();

    public static final Outcome REJECTED =
            Outcome.newBuilder().setRejected(Done.getDefaultInstance()).build();

    public static final Outcome STATES_CHANGED =
            Outcome.newBuilder().setStatesChanged(Done.getDefaultInstance()).build();

    public static final Outcome BARRED =
            Outcome.newBuilder().setBarred(Done.getDefaultInstance()).build();

    public static final Outcome INDEX_CHANGED =
            Outcome.newBuilder().setIndexChanged(Done.getDefaultInstance()).build();

    public static final Outcome NOTHING =
            Outcome.newBuilder().setNothing(Done.getDefaultInstance()).build();

    private Outcomes() {}

    public static Outcome count(long count) {
        return Outcome.newBuilder().setCount(count).build();
    }

    /** Store time up to which what was asked for holds. */
    public static Outcome until(long storeTimeMicros) {
        return Outcome.newBuilder().setUntilMicros(storeTimeMicros).build();
    }

    public static Outcome existed(boolean existed) {
        return Outcome.newBuilder().setExisted(existed).build();
    }

    public static Outcome version(long version) {
        return Outcome.newBuilder().setVersion(version).build();
    }

    public static Outcome changed(long version) {
        return Outcome.newBuilder().setChanged(version).build();
    }

    public static Outcome fenced(String owner, long epoch) {
        return Outcome.newBuilder()
                .setFenced(Fenced.newBuilder().setOwner(owner).setEpoch(epoch))
                .build();
    }

    public static Outcome full(String what, int rowsMax) {
        return Outcome.newBuilder()
                .setFull(Full.newBuilder().setWhat(what).setRowsMax(rowsMax))
                .build();
    }
}
