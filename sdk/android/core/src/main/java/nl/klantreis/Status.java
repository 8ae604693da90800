package nl.klantreis;

/** What waits, and why nothing is sent, if so. */
public final class Status {
    /** Touchpoints that wait. */
    public final int waiting;
    /** Given up since the program started: refused for good, damaged, too old, or of a queue that was full. */
    public final int dropped;
    /** What became of the last attempt, in words; null where it went well. */
    public final String trouble;

    Status(int waiting, int dropped, String trouble) {
        this.waiting = waiting;
        this.dropped = dropped;
        this.trouble = trouble;
    }

    @Override
    public String toString() {
        return waiting + " wait, " + dropped + " dropped" + (trouble == null ? "" : "; " + trouble);
    }
}
