package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.keys.KeyRing;
import io.miroir.api.keys.KnownKeys;
import io.miroir.api.keys.MasterKey;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Clients' keys as this pod's view has them, under one master key. Only a pod with a view lease
 * lets them in: another may have missed that one was revoked (protocol, rule 9).
 */
final class ClientKeys implements Authorizer.Keys {
    private final KeyRing ring;
    private final BooleanSupplier leased;

    ClientKeys(Supplier<KnownKeys> known, BooleanSupplier leased, MasterKey master) {
        this.ring = new KeyRing(known, master);
        this.leased = leased;
    }

    @Override
    public @Nullable ApiKey byUid(String uid) {
        requireLease();
        return ring.byUid(uid);
    }

    @Override
    public @Nullable ApiKey byValue(String value) {
        requireLease();
        return ring.byValue(value);
    }

    /** The key with that value, however old the view is: to be shown, not let in. */
    @Nullable ApiKey shownBy(String value) {
        return ring.byValue(value);
    }

    // Before the look: what is looked up then is at least as new as the lease.
    private void requireLease() {
        if (!leased.getAsBoolean()) {
            throw new ApiException(
                    ErrorCode.MIROIR_STALE_VIEW,
                    "This pod has no contact with the others: it can't tell whether the key is"
                            + " still good.");
        }
    }
}
