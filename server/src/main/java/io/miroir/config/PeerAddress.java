package io.miroir.config;

import io.miroir.config.bind.HostPort;
import io.miroir.config.bind.Scheme;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * One pod of the group that is formed at the first start; every pod has the same list.
 *
 * @param id its pod id
 * @param raft where the others reach its Raft port
 * @param peer where the others reach its peer port
 * @param http where clients reach it, for answers that name it
 */
public record PeerAddress(
        String id, HostPort raft, HostPort peer, @Scheme({"http", "https"}) @Nullable URI http) {}
