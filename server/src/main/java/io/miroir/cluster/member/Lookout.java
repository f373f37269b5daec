package io.miroir.cluster.member;

import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.Peers;
import io.miroir.raft.RaftTaskStore;
import io.miroir.store.Role;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a pod looks after once its store is open: who the others are, and whether it may go on. */
final class Lookout implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);
    private static final long LOOK_MILLIS = 1_000;

    /** Looks of which one asks all others again. */
    private static final int LOOKS_A_QUESTION = 15;

    private final String podId;
    private final Peers peers;
    private final Addresses addresses;
    private final Greetings greetings;
    private final Doorkeeper doorkeeper;
    private final Consumer<Throwable> onFatal;
    private final RaftTaskStore store;
    private final Thread thread;
    private boolean allHeard;
    private int looks;

    /** Begins to look. */
    Lookout(
            String podId,
            Peers peers,
            Addresses addresses,
            Greetings greetings,
            Doorkeeper doorkeeper,
            Consumer<Throwable> onFatal,
            RaftTaskStore store) {
        this.podId = podId;
        this.peers = peers;
        this.addresses = addresses;
        this.greetings = greetings;
        this.doorkeeper = doorkeeper;
        this.onFatal = onFatal;
        this.store = store;
        this.thread = Thread.ofVirtual().name("members").start(this::run);
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                look();
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            if (store.membership().hasLog()) {
                doorkeeper.founded();
            }
            if (store.status().leaderId() != null) {
                peers.update(addresses.others(store.membership().members()));
            }
            // Each is heard once; later an address may be another pod's for a while.
            allHeard |= greetings.heard().keySet().containsAll(addresses.configured());
            if (!allHeard) {
                doorkeeper.greetAgain();
                endIfRefused(_ -> true);
            }
            if (++looks % LOOKS_A_QUESTION == 0) {
                askAgain();
            }
        } catch (RuntimeException e) {
            // Looked at again in a second; the thread must go on.
            LOG.warn("cannot look after the members", e);
        }
    }

    /** What could not be seen at the start: a pod of which this is a copy came back since. */
    private void askAgain() {
        doorkeeper.greetAgain();
        endIfRefused(Greeted.Refused::another);
        if (store.status().role() == Role.LISTENER) {
            StruckOff.told(podId, greetings.welcomes()).ifPresent(this::mustNotGoOn);
        }
        if (greetings.isElsewhere()) {
            Set<String> others = new TreeSet<>(greetings.heard().keySet());
            LOG.warn("{}", Entrance.whereToBe(podId, others));
        }
    }

    /** Someone knows of a reason against this pod that it did not know at its start. */
    private void endIfRefused(Predicate<Greeted.Refused> counts) {
        greetings
                .heard()
                .forEach(
                        (id, answer) -> {
                            if (answer instanceof Greeted.Refused refused && counts.test(refused)) {
                                mustNotGoOn(id + " says: " + refused.why());
                            }
                        });
    }

    private void mustNotGoOn(String why) {
        LOG.error("this pod must not go on: {}", why);
        onFatal.accept(new StartRefusedException(why));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
