package io.miroir.config.bind;

/**
 * A secret named by the environment variable that holds it: the file has the name, never the value.
 *
 * @param variable name of the variable; empty if none is named
 * @param secret what the variable held at start
 */
public record EnvSecret(String variable, Secret secret) {}
