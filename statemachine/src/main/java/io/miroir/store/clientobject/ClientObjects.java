package io.miroir.store.clientobject;

import io.miroir.store.Reply;
import io.miroir.store.Table;

/** Objects by name. They live until they are deleted. */
public interface ClientObjects extends Table<String, ClientObjectRow> {

    /** What watchers are told of a change. */
    String TABLE = "client_objects";

    /** Rows; the next insert is refused. */
    int ROWS_MAX = 100;

    /**
     * Puts an object in the place of one that was read, or where there was none.
     *
     * @param row with the name and the {@code updatedAt} of what was read; 0 if there was none
     * @return false if that was made, changed or deleted since; nothing was written then
     */
    Reply<Boolean> replace(ClientObjectRow row);
}
