package io.miroir.cluster.peer;

import io.miroir.raft.ComparedTables;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import java.util.concurrent.CancellationException;

/** What other pods may ask of this one about who belongs to the cluster. */
public interface Doorway {
    /** Names this run of the process. */
    long run();

    /** The highest format of commands that this pod's program knows. */
    int knownFormat();

    /** Tells of itself, or why the other must not take part. */
    Greeted greet(Greeting from);

    /**
     * Makes digests of this pod's tables.
     *
     * @throws CancellationException if who asks is gone meanwhile
     */
    DigestsTold digests(DigestsAsked asked, ComparedTables.Asker asker);

    /** Changes the members, if this pod leads; waits for it. */
    MemberOutcome change(MemberChange change);
}
