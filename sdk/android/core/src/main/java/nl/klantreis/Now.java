package nl.klantreis;

/**
 * One look at both clocks. {@code wallMs} is the clock on the wall, in milliseconds since 1970, which anybody may set.
 * {@code uptimeMs} rises steadily within a boot, asleep too, and nobody can set it. {@code boot} names the time from one
 * start of the machine to the next; where the system has no name for it, that of one run of the program.
 */
public final class Now {
    public final long wallMs;
    public final long uptimeMs;
    public final String boot;

    public Now(long wallMs, long uptimeMs, String boot) {
        this.wallMs = wallMs;
        this.uptimeMs = uptimeMs;
        this.boot = boot;
    }
}
