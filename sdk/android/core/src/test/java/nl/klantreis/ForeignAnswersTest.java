package nl.klantreis;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import nl.klantreis.Answers.Verdict;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Answers of those who are no collector, and of one that does not know the key. */
public class ForeignAnswersTest {
    private static final long DAY_MS = 86_400_000;
    private static final Map<String, String> NONE = Collections.emptyMap();

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private World world;
    private Klantreis klantreis;

    @Before
    public void device() {
        world = new World(new File(temporary.getRoot(), "klantreis"), 1_900_000_000_000L);
        klantreis = Klantreis.start(world, new Settings("https://collector.example", "k"), world.turns());
    }

    private void aDayOf(Reply reply, int mostRequests) {
        world.network = body -> reply;
        for (int hour = 0; hour < 24; hour++) {
            klantreis.track("order");
            world.pass(DAY_MS / 24);
        }
        assertEquals(24, klantreis.status().waiting);
        assertEquals(0, klantreis.status().dropped);
        assertTrue("" + world.requests.size(), world.requests.size() <= mostRequests);
    }

    private void thenAllArrives() {
        world.network = World::accepts;
        world.pass(DAY_MS / 24);
        assertEquals(0, klantreis.status().waiting);
        assertEquals(0, klantreis.status().dropped);
        assertNull(klantreis.status().trouble);
    }

    @Test
    public void aDayOfAWrongKeyDeletesNothingIsToldOnceAndThenAllArrives() {
        aDayOf(new Reply(401, NONE, "{\"reason\":\"key_unknown\",\"detail\":\"no key\"}"), 200);
        assertTrue(klantreis.status().trouble, klantreis.status().trouble.contains("key_unknown"));
        assertEquals(1, world.warnings.stream().filter(one -> one.contains("klantreis keys list")).count());
        thenAllArrives();
    }

    @Test
    public void aDayOfACaptivePortalDeletesNothingIsToldOnceAndThenAllArrives() {
        aDayOf(new Reply(200, NONE, "<!doctype html><title>Hotel</title>"), 900);
        assertTrue(klantreis.status().trouble, klantreis.status().trouble.contains("login page"));
        assertEquals(1, world.warnings.stream().filter(one -> one.contains("login page")).count());
        thenAllArrives();
    }

    @Test
    public void aProxyThatKnowsNoSuchPageDeletesNothing() {
        aDayOf(new Reply(404, NONE, "<h1>404 Not Found</h1>"), 900);
        thenAllArrives();
    }

    @Test
    public void oneTouchpointThatIsRefusedCostsNoneBesideIt() {
        world.network = body -> Json.write(body).contains("\"type\":\"bad\"")
                ? new Reply(400, NONE, "{\"reason\":\"not_json\",\"detail\":\"told to fail\"}") : World.accepts(body);
        for (int times = 0; times < 20; times++) {
            klantreis.track(times == 11 ? "bad" : "order");
        }
        world.pass(60_000);
        assertEquals(0, klantreis.status().waiting);
        assertEquals(1, klantreis.status().dropped);
    }

    @Test
    public void aTwoHundredCountsOnlyWithTheCollectorsOwnWords() {
        assertEquals(Verdict.SETTLED, judge(202, "{\"accepted\":2,\"rejected\":[]}"));
        assertEquals(Verdict.SETTLED, judge(200, "{\"accepted\":1,\"rejected\":[{\"index\":0,\"reason\":\"x\"}]}"));
        for (String foreign : new String[] {"", "null", "{}", "[]", "7", "\"ok\"", "{\"accepted\":2}",
            "{\"accepted\":\"2\",\"rejected\":[]}", "{\"accepted\":1,\"rejected\":[]}", "{\"accepted\":2.5,\"rejected\":[]}",
            "{\"accepted\":1,\"rejected\":[{\"index\":2}]}", "{\"accepted\":0,\"rejected\":[{\"index\":0},{\"index\":0}]}"}) {
            assertEquals(foreign, Verdict.KEEP, judge(200, foreign));
        }
        StringBuilder deep = new StringBuilder();
        for (int depth = 0; depth < 100_000; depth++) {
            deep.append('[');
        }
        assertEquals(Verdict.KEEP, judge(200, deep.toString()));
    }

    @Test
    public void ofOtherAnswersOnlyThoseOfTheCollectorEndATouchpoint() {
        for (int status : new int[] {0, 302, 304, 408, 429, 500, 502, 503, 504}) {
            assertEquals("" + status, Verdict.KEEP, judge(status, "{\"reason\":\"any\"}"));
        }
        for (int status : new int[] {400, 404, 405, 410, 415, 422, 451}) {
            assertEquals("" + status, Verdict.REFUSED, judge(status, "{\"reason\":\"any\"}"));
            assertEquals("" + status, Verdict.KEEP, judge(status, "<html>"));
        }
    }

    @Test
    public void waitsDoubleWithJitterToSomeFourMinutesAndARefusedKeyWaitsLong() {
        for (int failures = 0; failures < 70; failures++) {
            long longest = 1000L << Math.min(8, failures);
            assertEquals(longest / 2, Answers.backOffMs(Verdict.KEEP, failures, 0));
            assertEquals(longest, Answers.backOffMs(Verdict.KEEP, failures, 1));
        }
        assertTrue(Answers.backOffMs(Verdict.KEEP_LONG, 0, 0) >= 8 * 60_000);
    }

    @Test
    public void aWaitIsReadAsSecondsAndAsADateAndNeverForAYear() {
        long now = 1_906_545_600_000L; // Friday 31 May 2030, 20:00 UTC
        assertEquals(5000, after("5", null, now));
        assertEquals(0, after("soon", null, now));
        assertEquals(0, after("-5", null, now));
        assertEquals(Answers.PATIENCE_MS, after("31536000", null, now));
        // The date of the answer counts, whatever the clock here says.
        assertEquals(60_000, after("Fri, 31 May 2030 12:01:00 GMT", "Fri, 31 May 2030 12:00:00 GMT", now));
        assertEquals(0, after("Fri, 31 May 2030 11:01:00 GMT", "Fri, 31 May 2030 12:00:00 GMT", now));
    }

    private static long after(String value, String date, long now) {
        Map<String, String> headers = new HashMap<>();
        headers.put("retry-after", value);
        headers.put("date", date);
        return Answers.retryAfterMs(new Reply(503, headers, "{}"), now);
    }

    private static Verdict judge(int status, String body) {
        return Answers.judge(new Reply(status, NONE, body), 2);
    }

    @Test
    public void onceTheNetworkIsBackNothingWaitsForTheNextAttemptThatWasPlannedBefore() {
        world.network = null;
        klantreis.track("order");
        world.pass(DAY_MS);
        world.network = World::accepts;
        klantreis.life().networkIsBack();
        world.pass(0);
        klantreis.track("search");
        world.pass(2000);
        assertEquals(0, klantreis.status().waiting);
    }

    @Test
    public void withoutAThreadToAskWithItIsAskedAgainLater() {
        world.noThreads = true;
        klantreis.track("order");
        world.pass(60_000);
        assertEquals(1, klantreis.status().waiting);
        assertTrue(klantreis.status().trouble, klantreis.status().trouble.contains("told to fail"));
        world.noThreads = false;
        thenAllArrives();
    }
}
