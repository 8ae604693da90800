package nl.klantreis;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What a case expects of a value: sdk/contract/cases/README.md has the list. What is not known fails. */
final class Matchers {
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

    /** What {@code $as} has seen. */
    private final Map<String, Object> bound = new HashMap<>();

    static long ms(Object moment) {
        return moment instanceof Long ? (Long) moment : OffsetDateTime.parse((String) moment).toInstant().toEpochMilli();
    }

    /** Fails unless {@code found} is what is expected. */
    void match(Object expected, Object found, String path) {
        if (expected instanceof List) {
            List<?> wanted = (List<?>) expected;
            assertTrue(path + " is no list: " + found, found instanceof List);
            assertEquals(path + ": " + found, wanted.size(), ((List<?>) found).size());
            for (int place = 0; place < wanted.size(); place++) {
                match(wanted.get(place), ((List<?>) found).get(place), path + "[" + place + "]");
            }
        } else if (expected instanceof Map) {
            Map<?, ?> wanted = (Map<?, ?>) expected;
            boolean isMatcher = wanted.keySet().iterator().next().toString().startsWith("$");
            if (isMatcher) {
                matchers(wanted, found, path);
            } else {
                assertTrue(path + " is no object: " + found, found instanceof Map);
                for (Map.Entry<?, ?> one : wanted.entrySet()) {
                    match(one.getValue(), ((Map<?, ?>) found).get(one.getKey()), path + "." + one.getKey());
                }
            }
        } else {
            assertEquals(path, expected, found);
        }
    }

    private void matchers(Map<?, ?> wanted, Object found, String path) {
        // $not_as first: {"$as": "second", "$not_as": "first"} binds what is not the first.
        Map<String, Object> ordered = new TreeMap<>((one, other) -> other.compareTo(one));
        wanted.forEach((name, value) -> ordered.put((String) name, value));
        ordered.forEach((name, value) -> matcher(name, value, found, path + " " + wanted, wanted));
    }

    private void matcher(String name, Object value, Object found, String path, Map<?, ?> all) {
        if (name.equals("$absent")) {
            assertNull(path, found);
            return;
        }
        assertNotNull(path + " is not there", found);
        switch (name) {
            case "$any":
                break;
            case "$as":
                bound.putIfAbsent((String) value, found);
                assertEquals(path, bound.get(value), found);
                break;
            case "$not_as":
                assertTrue(value + " was never seen", bound.containsKey(value));
                assertNotEquals(path, bound.get(value), found);
                break;
            case "$unlike":
                assertNotEquals(path, value, found);
                break;
            case "$more_than":
                assertTrue(path + ": " + found, (Long) found > (Long) bound.get(value));
                break;
            case "$from":
                assertTrue(path + ": " + found, (Long) found >= (Long) value);
                break;
            case "$to":
                assertTrue(path + ": " + found, (Long) found <= (Long) value);
                break;
            case "$uuid":
                String id = (String) found;
                assertTrue(path + ": " + id, UUID.matcher(id).matches() && id.substring(14, 15).equals(value.toString()));
                break;
            case "$moment":
                long within = all.containsKey("$within_ms") ? (Long) all.get("$within_ms") : 0;
                assertTrue(path + ": " + found, Math.abs(ms(found) - ms(value)) <= within);
                break;
            case "$within_ms":
                break;
            default:
                throw new AssertionError("unknown matcher " + name);
        }
    }
}
