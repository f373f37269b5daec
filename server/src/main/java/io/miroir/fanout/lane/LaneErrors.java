package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.core.topology.ShardSet;

/** What a client is told when its write has no task: whether anything may have been written. */
final class LaneErrors {
    private LaneErrors() {}

    static ApiException overloaded(String why) {
        return new ApiException(ErrorCode.MIROIR_OVERLOADED, why + " Nothing was written.");
    }

    static ApiException lagging() {
        return overloaded("This pod lags behind the task store.");
    }

    static ApiException indeterminate(String why) {
        return new ApiException(
                ErrorCode.MIROIR_INDETERMINATE, why + " The write may have taken effect.");
    }

    static ApiException changedHands() {
        return indeterminate("The index changed hands during the write.");
    }

    static ApiException keyReused() {
        return new ApiException(
                ErrorCode.MIROIR_IDEMPOTENCY_KEY_REUSED,
                "The idempotency key came with another request before.");
    }

    static ApiException frozen(String uid, String why) {
        return new ApiException(
                ErrorCode.MIROIR_INDEX_FROZEN,
                "Index `" + uid + "` takes no writes. " + why + " Nothing was written.");
    }

    static ApiException noQuorum(ShardSet shards) {
        return new ApiException(
                ErrorCode.MIROIR_NO_QUORUM,
                "No replica group has a quorum of nodes for shards "
                        + shards
                        + ". Nothing was written.");
    }

    static ApiException nobodyTook(ShardSet shards) {
        return new ApiException(
                ErrorCode.MIROIR_NO_QUORUM,
                "No replica group took shards " + shards + ". Nothing was written.");
    }

    static ApiException takenInPart(ShardSet shards) {
        return new ApiException(
                ErrorCode.MIROIR_INDETERMINATE,
                "No replica group took all of the write: shards "
                        + shards
                        + " lack it. It may have taken effect in part.");
    }
}
