package io.miroir.store.seal;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;

/**
 * The rows that may hold secrets, as they are stored: for whoever counts by which keys they are
 * sealed, and seals them anew.
 */
public interface Secrets {

    /**
     * All indexes, webhooks, objects of clients, and tasks of settings and exports that have not
     * ended; nothing is opened.
     */
    List<SecretRow> list(ReadLevel level);

    /**
     * Puts the same secrets under another key. Nothing else of the row changes, neither its version
     * nor its dates.
     *
     * @param read as it was read
     * @param sealed its values, sealed anew
     * @return false if it was changed or deleted since; nothing was written then
     */
    Reply<Boolean> reseal(SecretRow read, List<String> sealed);
}
