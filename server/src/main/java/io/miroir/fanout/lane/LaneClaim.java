package io.miroir.fanout.lane;

import io.miroir.store.Reply;
import io.miroir.store.lane.Lanes.Claim;

/** Whether this pod runs a lane, and under which epoch. */
final class LaneClaim {
    private static final long NOT_CLAIMED = 0;

    private final String lane;
    private final LaneContext context;
    private final LaneResume resume;
    private final TaskFollower follower;
    private volatile long epoch = NOT_CLAIMED;

    LaneClaim(String lane, LaneContext context, LaneResume resume, TaskFollower follower) {
        this.lane = lane;
        this.context = context;
        this.resume = resume;
        this.follower = follower;
    }

    /** The epoch under which this pod runs the lane; claimed, and what was left in it settled. */
    long take() throws InterruptedException {
        long known = epoch;
        if (known != NOT_CLAIMED) {
            return known;
        }
        Reply<Claim> reply = context.store().lanes().claim(lane, context.podId());
        long claimed =
                switch (reply.orThrow()) {
                    case Claim.Claimed won -> won.epoch();
                    case Claim.Full _ -> throw LaneErrors.overloaded("There are too many lanes.");
                };
        requireSeen(reply);
        resume.run(lane, claimed);
        epoch = claimed;
        return claimed;
    }

    /** True if this pod has claimed the lane and was not fenced since. */
    boolean isHeld() {
        return epoch != NOT_CLAIMED;
    }

    /** True while this pod runs the lane under that epoch. */
    boolean isHeld(long since) {
        return epoch == since;
    }

    /** True if this pod believes to run the lane, and another claim has come since. */
    boolean isPast(long latestEpoch) {
        long known = epoch;
        return known != NOT_CLAIMED && known < latestEpoch;
    }

    /** The next one who takes it begins anew, and settles what is open. */
    void release() {
        epoch = NOT_CLAIMED;
        follower.forget(lane);
    }

    /** What the lane does next must see what this command did. */
    void requireSeen(Reply<?> reply) throws InterruptedException {
        if (reply instanceof Reply.Applied<?> applied && !context.sees(applied)) {
            release();
            throw LaneErrors.lagging();
        }
    }
}
