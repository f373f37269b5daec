package io.miroir.cli.fleet;

import java.net.URI;

/** A pod of a fleet. */
public record FleetPod(String id, URI http, ChildProcess process) {}
