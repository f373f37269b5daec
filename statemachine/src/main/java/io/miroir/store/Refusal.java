package io.miroir.store;

/** Why the store has no answer to a command. */
public sealed interface Refusal {

    /** What an operator reads. */
    String message();

    /** The bounded queue of waiting commands is full: nothing was done, try again later. */
    record Busy(int waiting, int waitingMax) implements Refusal {
        @Override
        public String message() {
            return "the task store is busy: " + waiting + " of " + waitingMax + " commands wait";
        }
    }

    /** The command never left this pod: nothing was done. */
    record Unavailable(String why) implements Refusal {
        @Override
        public String message() {
            return "the task store is unavailable: " + why;
        }
    }

    /** The command was sent, no answer came in time: it may have been applied, or may be yet. */
    record Indeterminate(String why) implements Refusal {
        @Override
        public String message() {
            return "the task store did not answer: " + why + "; the command may still take effect";
        }
    }

    /** The command is larger than an entry may be: nothing was done. */
    record TooLarge(int bytes, int bytesMax) implements Refusal {
        @Override
        public String message() {
            return "a command of " + bytes + " bytes exceeds the limit of " + bytesMax;
        }
    }

    /** The store is closed or closing: nothing was done. */
    record Closed() implements Refusal {
        @Override
        public String message() {
            return "the task store is closed";
        }
    }

    /** The command was meant for another term: nothing was done. */
    record Deposed(long term, long currentTerm) implements Refusal {
        @Override
        public String message() {
            return "leadership of term " + term + " is over; the term is " + currentTerm;
        }
    }

    /**
     * No applier could apply it: seen before it was logged, or by all pods alike. Nothing was done.
     */
    record Rejected(String why) implements Refusal {
        @Override
        public String message() {
            return "the task store cannot apply this command: " + why;
        }
    }
}
