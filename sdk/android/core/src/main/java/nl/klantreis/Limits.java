package nl.klantreis;

/** What bounds the queue and its requests. All SDKs share these numbers: sdk/contract/cases/README.md. */
final class Limits {
    /** Touchpoints that wait at most. */
    static final int QUEUE_TOUCHPOINTS = 10_000;
    /** Days that a touchpoint waits at most: a public key may send nothing older. */
    static final int QUEUE_DAYS = 30;
    static final int BATCH_TOUCHPOINTS = 100;
    /** Of a request before compression, unless one touchpoint alone is larger. */
    static final int BATCH_BYTES = 60_000;
    /** Milliseconds in which touchpoints are gathered into one request. */
    static final long GATHER_MS = 1000;
    /** A touchpoint that the collector takes, less what is added when it is sent. */
    static final int TOUCHPOINT_BYTES = 32 * 1024 - 64;

    final int queueTouchpoints;
    final long queueMs;
    final int batchTouchpoints;
    final int batchBytes;

    Limits(int queueTouchpoints, int queueDays, int batchTouchpoints, int batchBytes) {
        this.queueTouchpoints = queueTouchpoints;
        this.queueMs = queueDays * 86_400_000L;
        this.batchTouchpoints = batchTouchpoints;
        this.batchBytes = batchBytes;
    }
}
