package io.miroir.cluster.member;

import io.miroir.raft.Member;
import java.util.List;
import java.util.UUID;

/**
 * How the task store is to be opened.
 *
 * @param clusterId names the group
 * @param members of a cluster that this pod joins, without itself; empty where the configured pods
 *     form it, or the log knows better
 * @param newcomer whether this pod begins without data and without a vote
 * @param wasVoter whether it had one with the data that it lost
 * @param proven whether its tables are known to be right; of a newcomer they are not
 */
public record Admission(
        UUID clusterId, List<Member> members, boolean newcomer, boolean wasVoter, boolean proven) {}
