package io.miroir.store.job;

/**
 * A job to be done.
 *
 * @param id chosen by the caller, at most {@link Jobs#ID_CHARS_MAX} characters: asked for again, it
 *     is the same job
 * @param type for example {@code dump_import}
 * @param partition what it works on, so that a pod may claim within what it owns; may be empty
 * @param attemptsMax how often it is claimed before it counts as failed, 1 to {@link
 *     Jobs#ATTEMPTS_MAX}
 * @param delayMicros before it may be claimed
 * @param backoffMicros before it may be claimed again after its first failure, twice that after the
 *     second and so on, up to {@link Jobs#BACKOFF_MICROS_MAX}
 */
public record NewJob(
        String id,
        String type,
        String partition,
        String paramsJson,
        int attemptsMax,
        long delayMicros,
        long backoffMicros) {

    public NewJob {
        if (id.isEmpty() || id.length() > Jobs.ID_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "an id of " + id.length() + " characters, 1 to " + Jobs.ID_CHARS_MAX);
        }
        if (attemptsMax < 1 || attemptsMax > Jobs.ATTEMPTS_MAX) {
            throw new IllegalArgumentException(
                    attemptsMax + " attempts, 1 to " + Jobs.ATTEMPTS_MAX);
        }
        if (delayMicros < 0 || backoffMicros < 0) {
            throw new IllegalArgumentException("a delay below 0");
        }
    }

    /** At once, three attempts, a second between the first two. */
    public static NewJob of(String id, String type, String paramsJson) {
        return new NewJob(id, type, "", paramsJson, 3, 0, 1_000_000);
    }
}
