package io.miroir.core.repair;

import java.time.Duration;

/**
 * How the end of a copy, or of a move, is come by while clients write on. As long as each look at
 * what was written meanwhile finds less than the one before, writes go on. When it does not, or
 * nodes do not come to rest in the moment for which writes are held, clients write faster than
 * nodes do it: then writes are held again and again, and one turn of them goes between two holds.
 * So nodes get less to do than they do in a hold, and come to an end.
 *
 * @param found documents of the last look
 * @param vain holds in which nodes did not come to rest
 * @param idle how many of the last ones changed nothing: nodes are busy with something else
 * @param pressed whether writes go only between two holds
 */
public record Approach(long found, int vain, int idle, boolean pressed) {
    /** Nothing was looked at yet. */
    public static final Approach BEGUN = new Approach(Long.MAX_VALUE, 0, 0, false);

    /** Documents that are few enough to be compared while writes wait for a moment. */
    static final int FEW = 200;

    /** What writes wait for as if nothing had happened. */
    static final Duration MOMENT = Duration.ofSeconds(3);

    /** After so many holds that changed nothing writes go on: holding them does not help. */
    static final int IDLE_MAX = 6;

    /** After so many holds writes go on, whatever these did. */
    static final int VAIN_MAX = 100;

    private static final Duration PAUSE_MIN = Duration.ofMillis(20);
    private static final int PAUSE_DOUBLINGS_MAX = 6;

    /** After a look that found so many documents. */
    public Approach looked(long documents) {
        boolean less = documents <= FEW || documents <= found / 2;
        boolean presses = !less && vain < VAIN_MAX;
        return new Approach(documents, vain, idle, pressed || presses);
    }

    /**
     * After a hold in which nodes did not come to rest.
     *
     * @param gotOn whether they had less to do at its end than at its beginning
     */
    public Approach held(boolean gotOn) {
        int same = gotOn ? 0 : idle + 1;
        boolean helps = same < IDLE_MAX && vain + 1 < VAIN_MAX;
        return new Approach(found, vain + 1, helps ? same : 0, helps);
    }

    /** After a hold that ended early: something else is under way, which writes may go on with. */
    public Approach disturbed() {
        return new Approach(found, vain + 1, 0, false);
    }

    /** Whether writes are to be held, to end it. */
    public boolean isDue() {
        return pressed || found <= FEW;
    }

    /**
     * How long they are held at most.
     *
     * @param max what they may ever be
     */
    public Duration patience(Duration max) {
        return pressed || MOMENT.compareTo(max) > 0 ? max : MOMENT;
    }

    /** How long writes go on before the next look; longer each time, and not at all if pressed. */
    public Duration pause() {
        return pressed
                ? Duration.ZERO
                : PAUSE_MIN.multipliedBy(1L << Math.min(vain, PAUSE_DOUBLINGS_MAX));
    }
}
