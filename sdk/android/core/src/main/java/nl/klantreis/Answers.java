package nl.klantreis;

import java.text.ParseException;
import java.text.SimpleDateFormat;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;

/**
 * What becomes of touchpoints after an answer: the retry table that all SDKs share. An answer counts only when it is the
 * collector's own: a captive portal answers 200 to everything, a proxy 404.
 */
final class Answers {
    /** What to do with what was sent. */
    enum Verdict {
        /** The collector has answered for each. */
        SETTLED,
        /** Try again, later each time. */
        KEEP,
        /** Somebody must change a setting first. */
        KEEP_LONG,
        /** Send less at a time. */
        SPLIT,
        /** It would fail again. */
        REFUSED
    }

    /** First wait after a failure; each further one doubles it. */
    private static final long FIRST_MS = 1000;
    /** Doublings at most, some four minutes: a collector that is back is found within this time. */
    private static final int DOUBLINGS = 8;
    /** After 401 and 403, some seventeen minutes. */
    private static final long REFUSED_KEY_MS = 1024 * FIRST_MS;
    /** The longest that a Retry-After is honoured: one that asks for a year is a mistake. */
    static final long PATIENCE_MS = 3_600_000;

    private Answers() {
    }

    static Verdict judge(Reply reply, int count) {
        Map<String, Object> own = own(reply, count);
        int status = reply.status;
        if (status / 100 == 2 && own != null) {
            return Verdict.SETTLED;
        }
        if (status == 401 || status == 403) {
            return Verdict.KEEP_LONG;
        }
        if (status == 413 || status == 431) {
            return Verdict.SPLIT;
        }
        boolean forGood = status / 100 == 4 && status != 408 && status != 429;
        return forGood && own != null ? Verdict.REFUSED : Verdict.KEEP;
    }

    /** Milliseconds until the next attempt; {@code chance} from 0 to 1 keeps a crowd from coming back at once. */
    static long backOffMs(Verdict verdict, int failures, double chance) {
        long longest = verdict == Verdict.KEEP_LONG ? REFUSED_KEY_MS : FIRST_MS << Math.min(DOUBLINGS, failures);
        return Math.round(longest * (1 + chance) / 2);
    }

    /** Milliseconds that the answer asks to wait, in seconds or by a date; 0 where it says nothing. */
    static long retryAfterMs(Reply reply, long wallMs) {
        String text = reply.headers.get("retry-after");
        if (text == null) {
            return 0;
        }
        long ms;
        if (text.trim().matches("\\d{1,9}")) {
            ms = Long.parseLong(text.trim()) * 1000;
        } else {
            // A date counts from the answer's own, whatever the clock here says.
            ms = dateMs(text, wallMs) - dateMs(reply.headers.get("date"), wallMs);
        }
        return Math.max(0, Math.min(PATIENCE_MS, ms));
    }

    /** In words, for the developer. */
    static String explained(Reply reply, int count) {
        if (reply.status == 0) {
            return reply.fault;
        }
        Map<String, Object> own = own(reply, count);
        if (reply.status == 401 || reply.status == 403) {
            return reply.status + (own == null ? "" : " " + own.get("reason"))
                    + ": compare the key with `klantreis keys list`";
        }
        if (own != null && own.get("reason") instanceof String) {
            return reply.status + " " + own.get("reason") + ": " + own.get("detail");
        }
        if (reply.status / 100 == 3) {
            return reply.status + " leads elsewhere; give the collector's own address";
        }
        return reply.status + " did not come from a collector: is there a login page or a proxy between?";
    }

    /** What the collector did not take, by name, of a settled request; empty where it took everything. */
    static List<?> rejected(Reply reply) {
        Map<String, Object> body = Json.readObject(reply.body);
        Object rejected = body == null ? null : body.get("rejected");
        return rejected instanceof List ? (List<?>) rejected : java.util.Collections.emptyList();
    }

    /** The body, where only the collector can have written it. */
    private static Map<String, Object> own(Reply reply, int count) {
        Map<String, Object> body = Json.readObject(reply.body);
        if (body == null) {
            return null;
        }
        if (reply.status >= 300) {
            return body.get("reason") instanceof String ? body : null;
        }
        if (!(body.get("accepted") instanceof Long) || !(body.get("rejected") instanceof List)) {
            return null;
        }
        List<?> rejected = (List<?>) body.get("rejected");
        Set<Long> places = new HashSet<>();
        for (Object one : rejected) {
            Object place = one instanceof Map ? ((Map<?, ?>) one).get("index") : null;
            if (!(place instanceof Long) || (Long) place < 0 || (Long) place >= count || !places.add((Long) place)) {
                return null;
            }
        }
        return (Long) body.get("accepted") + rejected.size() == count ? body : null;
    }

    private static long dateMs(String text, long otherwise) {
        if (text == null) {
            return otherwise;
        }
        SimpleDateFormat form = new SimpleDateFormat("EEE, dd MMM yyyy HH:mm:ss zzz", Locale.US);
        form.setTimeZone(TimeZone.getTimeZone("GMT"));
        try {
            return form.parse(text.trim()).getTime();
        } catch (ParseException no) {
            return otherwise;
        }
    }
}
