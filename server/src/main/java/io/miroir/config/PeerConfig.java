package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * The port on which pods ask each other and pass on writes.
 *
 * @param bind address to listen on
 * @param port gRPC
 * @param timeoutMs longest wait for another pod to answer
 */
public record PeerConfig(
        @Default("127.0.0.1") String bind,
        @Default("9002") @Range(min = 1, max = 65535) int port,
        @Default("5000") @Range(min = 100, max = 600000) long timeoutMs) {}
