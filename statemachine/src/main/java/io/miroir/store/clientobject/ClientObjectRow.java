package io.miroir.store.clientobject;

/**
 * What a client configured as one JSON object.
 *
 * @param name says what it is
 * @param json may hold secrets
 * @param createdAt stamped by the store at the first put; ignored in a put
 * @param updatedAt stamped by the store, later at each change; ignored in a put
 */
public record ClientObjectRow(String name, String json, long createdAt, long updatedAt) {}
