package nl.klantreis;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Sends at once what waits, and waits for it. */
final class Flush {
    private static final long LOOK_MS = 20;

    private Flush() {
    }

    /** Whether all is sent within so long. Gives up before its time when the key is refused: no waiting mends that. */
    static boolean within(Core core, long ms) {
        long begun = System.nanoTime();
        int before = core.delivery.attempts();
        CountDownLatch turn = new CountDownLatch(1);
        core.turns.run(() -> {
            core.delivery.hurry();
            turn.countDown();
        });
        if (!Klantreis.awaited(turn, ms)) {
            return false; // what was told before is not in the queue yet
        }
        while (core.queue.count() > 0) {
            boolean refused = core.delivery.attempts() != before && core.delivery.isKeyRefused();
            if (refused || System.nanoTime() - begun >= TimeUnit.MILLISECONDS.toNanos(ms) || !sleep()) {
                return false;
            }
        }
        return true;
    }

    private static boolean sleep() {
        try {
            Thread.sleep(LOOK_MS);
            return true;
        } catch (InterruptedException enough) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
