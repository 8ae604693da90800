package nl.klantreis;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import nl.klantreis.part.Campaign;
import nl.klantreis.part.Fields;
import nl.klantreis.part.Part;

/** One shared case as it is run: a program on a device, and what was seen of it. What is not understood fails. */
final class CaseRun {
    private static final String VISITOR = "v-1"; // a till has no visitors of its own: its program says who it is
    private static final Set<String> STARTS = new HashSet<>(Arrays.asList("clock", "consent", "settings"));

    private final boolean isApp;
    private final World world;
    private final Settings settings = new Settings("https://collector.example", "k");
    private final Matchers matchers = new Matchers();
    private final Map<String, Integer> order = new HashMap<>();
    private final Map<String, Map<String, Object>> accepted = new LinkedHashMap<>();
    private Object network = "accepts";
    private int repeats;
    private long toldDropped;
    private int looked;
    private Klantreis app;
    private Till till;

    CaseRun(String kind, Map<String, Object> start, File folder) {
        isApp = kind.equals("mobile");
        assertTrue("" + start, STARTS.containsAll(start.keySet()));
        Object clock = start.getOrDefault("clock", "2030-05-31T12:00:00Z");
        world = new World(folder, Matchers.ms(clock));
        world.channel = isApp ? "mobile" : "store";
        world.network = this::answer;
        settings.consent(Consent.valueOf(start.getOrDefault("consent", "granted").toString().toUpperCase(Locale.ROOT)));
        Map<String, Object> limits = new HashMap<>(Json.copyOf(Collections.singletonMap("batch_touchpoints", 100)));
        limits.put("batch_bytes", 60_000);
        limits.put("queue_touchpoints", 10_000);
        if (start.get("settings") != null) {
            ((Map<?, ?>) start.get("settings")).forEach((name, value) -> {
                assertTrue("unknown setting " + name, limits.containsKey(name));
                limits.put((String) name, value);
            });
        }
        settings.batch(number(limits, "batch_touchpoints"), number(limits, "batch_bytes"));
        settings.keepTouchpoints(number(limits, "queue_touchpoints"));
        begin();
    }

    void step(Map<?, ?> step) {
        if (step.containsKey("track")) {
            assertTrue("" + step, Arrays.asList("track", "fields", "times").containsAll(step.keySet()));
            int times = step.containsKey("times") ? number(step, "times") : 1;
            for (int number = 0; number < times; number++) {
                track((String) step.get("track"), made(step.get("fields"), number));
            }
            return;
        }
        if (step.containsKey("identify")) {
            assertTrue("" + step, Arrays.asList("identify", "fields").containsAll(step.keySet()));
            app.identify((String) step.get("identify"), fields(step.get("fields")));
            return;
        }
        assertEquals("" + step, 1, step.size());
        Map.Entry<?, ?> one = step.entrySet().iterator().next();
        Object value = one.getValue();
        switch ((String) one.getKey()) {
            case "consent":
                app.consent(Consent.valueOf(((String) value).toUpperCase(Locale.ROOT)));
                break;
            case "forget":
                app.forget();
                break;
            case "arrive":
                app.arrive(campaign(value));
                break;
            case "wait_ms":
                world.pass((Long) value);
                break;
            case "set_clock":
                world.pass(0);
                world.setClock(Matchers.ms(value));
                break;
            case "restart":
                restart((String) value);
                break;
            case "network":
                world.pass(0);
                network = value;
                break;
            case "expect":
                world.pass(0);
                ((Map<?, ?>) value).forEach((name, wanted) -> expect((String) name, wanted));
                break;
            default:
                throw new AssertionError("unknown step " + step);
        }
    }

    void end() {
        world.pass(0);
        abandon();
    }

    private void begin() {
        Change watch = touchpoint -> {
            order.put((String) touchpoint.get("id"), order.size());
            return touchpoint;
        };
        if (isApp) {
            app = Klantreis.start(world, settings, world.turns());
            app.use(watch);
        } else {
            till = Till.start(world, settings, null, world.turns());
            till.use(watch);
        }
        world.pass(0);
    }

    private void restart(String how) {
        assertTrue(how, Arrays.asList("program", "killed", "device").contains(how));
        world.pass(0);
        if (how.equals("program")) {
            if (isApp) {
                app.close();
            } else {
                till.close();
            }
            world.pass(0);
        } else {
            abandon();
        }
        world.end(how.equals("device"));
        begin();
    }

    private void abandon() {
        (isApp ? app.core() : till.core()).abandon();
    }

    private void track(String type, Object fields) {
        if (isApp) {
            app.track(type, fields(fields));
        } else {
            till.tell(type, new Fields(Collections.singletonMap("visitor_id", VISITOR)), fields(fields));
        }
    }

    @SuppressWarnings("unchecked")
    private static Part fields(Object fields) {
        return fields == null ? null : new Fields((Map<String, Object>) fields);
    }

    private static Campaign campaign(Object value) {
        if (value == null) {
            return null;
        }
        Map<?, ?> given = (Map<?, ?>) value;
        assertTrue("" + given, Arrays.asList("source", "medium", "name").containsAll(given.keySet()));
        Campaign campaign = new Campaign().source((String) given.get("source")).medium((String) given.get("medium"));
        return given.containsKey("name") ? campaign.name((String) given.get("name")) : campaign;
    }

    /** Fields as they are told the nth time. */
    private static Object made(Object part, int number) {
        if (part instanceof Map && ((Map<?, ?>) part).containsKey("$text")) {
            String text = (String) ((Map<?, ?>) part).get("$text");
            return String.join("", Collections.nCopies(number((Map<?, ?>) part, "$length"), text));
        }
        if (part instanceof Map) {
            Map<String, Object> all = new LinkedHashMap<>();
            ((Map<?, ?>) part).forEach((name, one) -> all.put((String) name, made(one, number)));
            return all;
        }
        return "$number".equals(part) ? (Object) (long) number : part;
    }

    private Reply answer(Map<String, Object> body) {
        int count = ((List<?>) body.get("touchpoints")).size();
        Object told = network;
        if (told instanceof Map) {
            Map<?, ?> given = (Map<?, ?>) told;
            assertTrue("" + given, Arrays.asList("status", "headers", "body", "above_touchpoints").containsAll(given.keySet()));
            if (!given.containsKey("above_touchpoints") || count > number(given, "above_touchpoints")) {
                return answered(given, body);
            }
            told = "accepts";
        }
        if (told.equals("away")) {
            return Reply.none("away");
        }
        take(body);
        if (told.equals("answer_lost")) {
            return Reply.none("lost");
        }
        assertEquals("accepts", told);
        return World.accepts(body);
    }

    private Reply answered(Map<?, ?> given, Map<String, Object> body) {
        Object said = given.containsKey("body") ? given.get("body") : new HashMap<String, Object>();
        Map<String, String> headers = new HashMap<>();
        if (given.containsKey("headers")) {
            ((Map<?, ?>) given.get("headers")).forEach(
                    (name, value) -> headers.put(((String) name).toLowerCase(Locale.ROOT), (String) value));
        }
        int status = number(given, "status");
        if (status < 300 && said instanceof Map && ((Map<?, ?>) said).containsKey("rejected")) {
            take(body);
        }
        return new Reply(status, headers, said instanceof String ? (String) said : Json.write(said));
    }

    private void take(Map<String, Object> body) {
        for (Object one : (List<?>) body.get("touchpoints")) {
            @SuppressWarnings("unchecked")
            Map<String, Object> touchpoint = (Map<String, Object>) one;
            if (accepted.put((String) touchpoint.get("id"), touchpoint) != null) {
                repeats++;
            }
        }
        toldDropped += body.containsKey("dropped") ? (Long) body.get("dropped") : 0;
    }

    private void expect(String name, Object wanted) {
        Status status = isApp ? app.status() : till.status();
        List<World.Request> requests = world.requests;
        switch (name) {
            case "accepted":
                List<Map<String, Object>> found = new ArrayList<>(accepted.values());
                found.sort((one, other) -> order.get(one.get("id")) - order.get(other.get("id")));
                matchers.match(wanted, wanted instanceof List ? found : (Object) (long) found.size(), name);
                break;
            case "repeats":
                matchers.match(wanted, (long) repeats, name);
                break;
            case "requests":
                List<World.Request> since = new ArrayList<>(requests.subList(looked, requests.size()));
                looked = requests.size();
                matchers.match(wanted, wanted instanceof List ? seen(since) : (Object) (long) since.size(), name);
                break;
            case "last_request":
                matchers.match(wanted, requests.get(requests.size() - 1).body, name);
                break;
            case "request_bytes":
                for (World.Request one : requests) {
                    assertTrue(one.bytes + " bytes", one.bytes <= (Long) wanted || one.touchpoints().size() == 1);
                }
                break;
            case "mixed_requests":
                for (World.Request one : requests) {
                    Set<Boolean> kinds = new HashSet<>();
                    one.touchpoints().forEach(touchpoint -> kinds.add(touchpoint.containsKey("visitor_id")));
                    assertEquals(name, 1, kinds.size());
                }
                break;
            case "spacing_ms":
                int last = requests.size() - 1;
                matchers.match(((Map<?, ?>) wanted).get("first"), requests.get(1).at.uptimeMs - requests.get(0).at.uptimeMs, name);
                matchers.match(((Map<?, ?>) wanted).get("last"), requests.get(last).at.uptimeMs - requests.get(last - 1).at.uptimeMs, name);
                break;
            case "sent_at":
                assertEquals("each_at_its_own_moment", wanted);
                requests.forEach(one -> assertEquals(one.at.wallMs, one.body.get("sent_at")));
                break;
            case "told_dropped":
                matchers.match(wanted, toldDropped, name);
                break;
            case "dropped":
                matchers.match(wanted, (long) status.dropped, name);
                break;
            case "waiting":
                matchers.match(wanted, (long) status.waiting, name);
                break;
            case "device":
                assertEquals("empty", wanted);
                assertFalse("on the device: " + Arrays.toString(world.folder.list()), world.folder.exists());
                break;
            default:
                throw new AssertionError("unknown expectation " + name);
        }
    }

    private static List<Object> seen(List<World.Request> requests) {
        List<Object> seen = new ArrayList<>();
        for (World.Request one : requests) {
            Map<String, Object> request = new LinkedHashMap<>(one.body);
            request.put("touchpoints", (long) one.touchpoints().size());
            request.put("first", one.touchpoints().get(0));
            seen.add(request);
        }
        return seen;
    }

    private static int number(Map<?, ?> map, String name) {
        return ((Number) map.get(name)).intValue();
    }
}
