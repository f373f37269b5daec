package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Former;

/**
 * Who does what only one pod may do: the Raft leader.
 *
 * @param enabled may not be off with several pods
 */
@Former(
        value = "lease_ttl_s",
        why = "has no effect: Raft elects the leader, see raft.election_timeout_min_ms")
@Former(
        value = "renew_interval_s",
        why = "has no effect: Raft elects the leader, see raft.election_timeout_min_ms")
public record LeaderElectionConfig(@Default("true") boolean enabled) {}
