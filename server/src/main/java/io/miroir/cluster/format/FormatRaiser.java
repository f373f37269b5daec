package io.miroir.cluster.format;

import io.miroir.cluster.peer.Peers;
import io.miroir.duty.LeaderDuty;
import io.miroir.raft.Member;
import io.miroir.raft.Membership;
import io.miroir.raft.RaftTaskStore;
import io.miroir.store.Rooms;
import io.miroir.store.TaskStore;
import io.miroir.store.format.Formats;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises the cluster's format of commands once every member has said that it knows a later one: the
 * end of a rolling upgrade.
 */
public final class FormatRaiser implements LeaderDuty {
    private static final Logger LOG = LoggerFactory.getLogger(FormatRaiser.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(1);

    private final TaskStore store;
    private final Peers peers;
    private String told = "";

    /** For that store, whose other members are asked. */
    public FormatRaiser(TaskStore store, Peers peers) {
        this.store = store;
        this.peers = peers;
    }

    @Override
    public String name() {
        return "format-raiser";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Rooms fenced) {
        Formats formats = store.status().formats();
        if (formats.cluster() >= formats.known()) {
            return;
        }
        if (store instanceof RaftTaskStore replicated) {
            among(replicated.membership(), formats, fenced);
        } else {
            raise(formats.known(), fenced);
        }
    }

    /** Asks first: nobody is kept from joining meanwhile, and who joined is waited for. */
    private void among(Membership membership, Formats formats, Rooms fenced) {
        Map<String, Integer> known = new HashMap<>();
        known.put(store.status().podId(), formats.known());
        for (String id : ids(membership.members())) {
            peers.knownFormat(id, ASK_TIMEOUT).ifPresent(format -> known.put(id, format));
        }
        membership.whileUnchanged(
                members -> {
                    switch (FormatPlan.decide(formats.cluster(), ids(members), known)) {
                        case FormatPlan.Decision.Raise raise -> raise(raise.format(), fenced);
                        case FormatPlan.Decision.Wait wait -> tell(wait.why());
                    }
                });
    }

    private static void raise(int format, Rooms fenced) {
        int holds = fenced.clusterFormat().raise(format).orThrow();
        LOG.info("the cluster's format of commands is {} now", holds);
    }

    /** Once: a member may be away for long. */
    private void tell(String why) {
        if (!why.equals(told)) {
            told = why;
            LOG.info("the cluster's format of commands is not raised yet: {}", why);
        }
    }

    private static List<String> ids(List<Member> members) {
        return members.stream().map(Member::id).toList();
    }
}
