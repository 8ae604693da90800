package nl.klantreis;

import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Brings what waits to the collector, one request at a time. Nothing is forgotten until an answer of the collector's own
 * confirms it: sending twice is allowed, losing is not.
 */
final class Delivery {
    private final Queue queue;
    private final Visits visits;
    private final Settings settings;
    private final Limits limits;
    private final Platform platform;
    private final Turns turns;
    private final Random chance = new Random();

    /** Touchpoints in a request; 413 lowers it for as long as the program runs. */
    private int most;
    /** Lower while one that the collector refuses whole requests for is searched. */
    private int suspected;
    private int failures;
    /** Uptime before which this program does not try again. */
    private long notBeforeMs = Long.MIN_VALUE;
    private boolean planned;
    /** Which plan counts: one that was made while it had to wait is void when it need not any more. */
    private int plan;
    private boolean underWay;
    private String told = "";
    private volatile boolean ended;

    /** For other threads. */
    private volatile String trouble;
    private volatile boolean keyRefused;
    private volatile int attempts;

    Delivery(Queue queue, Visits visits, Settings settings, Platform platform, Turns turns) {
        this.queue = queue;
        this.visits = visits;
        this.settings = settings;
        this.limits = settings.limits();
        this.platform = platform;
        this.turns = turns;
        most = limits.batchTouchpoints;
        suspected = most;
    }

    /** What became of the last attempt, in words; null where it went well. */
    String trouble() {
        return trouble;
    }

    /** Whether the last attempt ended with a refused key: no waiting mends that. */
    boolean isKeyRefused() {
        return keyRefused;
    }

    /** Answers that came so far, none at all included. */
    int attempts() {
        return attempts;
    }

    /** Sends nothing more; an answer that is still to come is of no use. */
    void end() {
        ended = true;
    }

    /** Sends what waits in so many milliseconds, unless that is planned already. */
    void wake(long ms) {
        if (!planned) {
            planned = true;
            int mine = ++plan;
            turns.after(ms, () -> {
                if (mine == plan) {
                    planned = false;
                    drain();
                }
            });
        }
    }

    /** The network is back, or somebody asks for it: what failed is tried at once, unless the collector asked to wait. */
    void hurry() {
        notBeforeMs = Long.MIN_VALUE;
        planned = false;
        plan++;
        drain();
    }

    /** Sends what waits now, if it may. */
    void drain() {
        if (underWay || ended) {
            return;
        }
        List<Waiting> waiting = queue.look();
        if (waiting.isEmpty()) {
            return;
        }
        Now now = platform.now();
        long pause = Math.max(notBeforeMs == Long.MIN_VALUE ? 0 : notBeforeMs - now.uptimeMs, askedMs(now));
        if (pause > 0) {
            wake(pause);
            return;
        }
        long dropped = visits.remembered().dropped;
        int count = Math.min(most, suspected);
        Batch batch = Batch.of(queue, waiting, count, limits.batchBytes, settings.key, dropped, now);
        if (!batch.unreadable.isEmpty()) {
            platform.warn("klantreis: " + batch.unreadable.size() + " touchpoints cannot be read any more; look at the disk", null);
            queue.giveUp(batch.unreadable, batch.unreadable.size());
        }
        if (batch.sent.isEmpty() && batch.diskFault != null) {
            failed(now, Answers.Verdict.KEEP, "the disk cannot be read: " + batch.diskFault.getMessage());
            wake(notBeforeMs - now.uptimeMs);
            return;
        }
        if (batch.sent.isEmpty()) {
            drain();
            return;
        }
        underWay = true;
        mark(batch.sent, true);
        try {
            turns.ask(() -> platform.post(settings.url, batch.body), reply -> answered(batch.sent, dropped, reply));
        } catch (RuntimeException | Error fault) { // no thread can be had at this moment
            answered(batch.sent, dropped, Reply.none("asking failed: " + fault));
        }
    }

    /** Milliseconds that the collector asked to wait. The clock may have been set meanwhile: then it is not honoured. */
    private long askedMs(Now now) {
        long asked = visits.remembered().pausedUntilMs - now.wallMs;
        return asked <= Answers.PATIENCE_MS ? asked : 0;
    }

    private void answered(List<Waiting> sent, long dropped, Reply reply) {
        underWay = false;
        mark(sent, false);
        Answers.Verdict verdict = Answers.judge(reply, sent.size());
        Now now = platform.now();
        long retryAfterMs = Answers.retryAfterMs(reply, now.wallMs);
        if (retryAfterMs > 0) {
            visits.pauseUntil(now.wallMs + retryAfterMs);
        }
        if (verdict == Answers.Verdict.SETTLED) {
            settled(sent, dropped, Answers.rejected(reply));
        } else if (verdict == Answers.Verdict.SPLIT && sent.size() > 1) {
            most = sent.size() / 2;
        } else if (verdict == Answers.Verdict.REFUSED && sent.size() > 1) {
            suspected = sent.size() / 2; // one bad touchpoint must not cost its neighbours
        } else if (verdict == Answers.Verdict.SPLIT || verdict == Answers.Verdict.REFUSED) {
            tell("the collector refused a touchpoint: " + Answers.explained(reply, sent.size()));
            queue.giveUp(sent, sent.size());
            failures = 0;
        } else {
            failed(now, verdict, Answers.explained(reply, sent.size()));
        }
        keyRefused = verdict == Answers.Verdict.KEEP_LONG;
        attempts++;
        drain();
    }

    private void failed(Now now, Answers.Verdict verdict, String why) {
        notBeforeMs = now.uptimeMs + Answers.backOffMs(verdict, failures++, chance.nextDouble());
        trouble = why;
        tell("nothing is sent, everything waits: " + why);
    }

    private void settled(List<Waiting> sent, long dropped, List<?> rejected) {
        queue.arrived(sent);
        if (dropped > 0) {
            visits.drop(-dropped);
        }
        failures = 0;
        notBeforeMs = Long.MIN_VALUE;
        suspected = Math.min(limits.batchTouchpoints, suspected * 2);
        trouble = null;
        told = "";
        if (!rejected.isEmpty()) {
            Map<?, ?> first = (Map<?, ?>) rejected.get(0);
            tell("the collector rejected " + rejected.size() + " of " + sent.size() + ", the first for " + first.get("reason")
                    + ": " + first.get("detail"));
        }
    }

    private static void mark(List<Waiting> sent, boolean sending) {
        for (Waiting one : sent) {
            one.sending = sending;
        }
    }

    private void tell(String message) {
        if (!message.equals(told)) {
            told = message;
            platform.warn("klantreis: " + message, null);
        }
    }
}
