package io.miroir.raft;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a {@link MemberChange}. */
public sealed interface MemberOutcome {
    /** It is agreed on; asked again, the same answer comes. */
    record Changed(List<Member> members) implements MemberOutcome {}

    /** Nothing was changed. */
    record Refused(String why) implements MemberOutcome {}

    /** Only the leader changes the group; the one that is known here, if any. */
    record NotLeader(@Nullable String leaderId) implements MemberOutcome {}

    /** No answer in time: it may still come about. Asking again tells. */
    record Undecided(String why) implements MemberOutcome {}
}
