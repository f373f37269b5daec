package io.miroir.fanout.lane;

import io.miroir.core.topology.ShardSet;
import io.miroir.store.Reply;
import io.miroir.store.lane.Lanes.Claim;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this pod runs a lane, and under which epoch. */
final class LaneClaim {
    private static final Logger LOG = LoggerFactory.getLogger(LaneClaim.class);
    private static final long NOT_CLAIMED = 0;

    private final String lane;
    private final LaneContext context;
    private final LaneResume resume;
    private final TaskFollower follower;
    private volatile long epoch = NOT_CLAIMED;
    private volatile ShardSet awaited = ShardSet.none();

    LaneClaim(String lane, LaneContext context, LaneResume resume, TaskFollower follower) {
        this.lane = lane;
        this.context = context;
        this.resume = resume;
        this.follower = follower;
    }

    /**
     * The epoch under which this pod runs the lane; claimed, and what was left in it settled, but
     * for what is {@linkplain #awaited awaited}.
     */
    long take() throws InterruptedException {
        long known = epoch;
        if (known != NOT_CLAIMED) {
            if (!awaited.isEmpty()) {
                settled(resume.again(lane, known));
            }
            return known;
        }
        Reply<Claim> reply = context.store().lanes().claim(lane, context.podId());
        long claimed =
                switch (reply.orThrow()) {
                    case Claim.Claimed won -> won.epoch();
                    case Claim.Full _ -> throw LaneErrors.overloaded("There are too many lanes.");
                };
        requireSeen(reply);
        settled(resume.run(lane, claimed));
        epoch = claimed;
        return claimed;
    }

    private void settled(ShardSet now) {
        ShardSet before = awaited;
        awaited = now;
        if (!awaited.isEmpty() && !awaited.equals(before)) {
            LOG.warn("lane {} waits for who has a write of shards {}", lane, awaited);
        }
    }

    /**
     * The shards of which some node must say first what it has of a write that was left: no other
     * write may pass it by. The lane can be held meanwhile, so that an operator can give up what
     * never comes again (protocol, rule 18).
     */
    ShardSet awaited() {
        return awaited;
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
        awaited = ShardSet.none();
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
