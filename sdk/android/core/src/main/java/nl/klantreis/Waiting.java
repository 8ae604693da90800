package nl.klantreis;

/** A touchpoint that waits to be sent: as JSON in memory, or at its place on disk, or for a moment both. */
final class Waiting {
    /** Of little value: goes first when there is no room. */
    final boolean low;
    /**
     * Whether it may rest on disk. In an app what is nobody's may not, and never goes in one request with what is
     * somebody's.
     */
    final boolean rests;
    final Now then;

    /** The JSON; null where it is on disk alone. */
    byte[] body;
    /** In the journal; below 0 where it is not there. */
    long offset = -1;
    /** Of its payload in the journal. */
    int length;
    /** In the journal. */
    int number;
    /** Waits no more. */
    boolean gone;
    /** In the request that is under way. */
    boolean sending;

    Waiting(boolean low, boolean rests, Now then, byte[] body) {
        this.low = low;
        this.rests = rests;
        this.then = then;
        this.body = body;
    }

    /** Is where the other one is, and in memory no more. */
    void moveTo(Waiting copy) {
        body = null;
        offset = copy.offset;
        length = copy.length;
        number = copy.number;
    }

    /** Milliseconds since it occurred by the clock that nobody can set; below 0 where nobody knows. */
    long ageMs(Now now) {
        return then.boot.equals(now.boot) ? Math.max(0, now.uptimeMs - then.uptimeMs) : -1;
    }

    /** Milliseconds since it occurred, as well as is known. */
    long waitedMs(Now now) {
        long age = ageMs(now);
        return age < 0 ? now.wallMs - then.wallMs : age;
    }
}
