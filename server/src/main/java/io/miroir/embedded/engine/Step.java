package io.miroir.embedded.engine;

/** An operation and the task that asked for it. */
public record Step(long taskUid, Operation operation) {}
