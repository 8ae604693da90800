package nl.klantreis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import nl.klantreis.part.Part;

/** What a program told in one call, as it was at that moment: later changes of its objects change nothing. */
final class Told {
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9_]{0,63}");

    final String id;
    final String type;
    final Now then;
    final Map<String, Object> fields;

    /** Throws IllegalArgumentException for what can be no touchpoint; the message names the fault and the remedy. */
    Told(String type, Part[] parts, Now then) {
        if (type == null || !TYPE.matcher(type).matches()) {
            throw new IllegalArgumentException("type: '" + type
                    + "' must be snake_case: 1 to 64 of a-z, 0-9 and underscore, a letter first");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Part one : parts) {
            if (one != null) {
                one.addTo(fields);
            }
        }
        this.fields = Json.copyOf(fields);
        this.type = type;
        this.then = then;
        this.id = Uuid7.at(then.wallMs);
    }

    /** These, with what was told on top: of objects that both have, each field. */
    Map<String, Object> over(Map<String, Object> around) {
        Map<String, Object> all = new LinkedHashMap<>(around);
        for (Map.Entry<String, Object> one : fields.entrySet()) {
            Object below = around.get(one.getKey());
            if (below instanceof Map && one.getValue() instanceof Map) {
                Map<String, Object> both = Json.copyOf((Map<String, ?>) cast(below));
                both.putAll(cast(one.getValue()));
                all.put(one.getKey(), both);
            } else {
                all.put(one.getKey(), one.getValue());
            }
        }
        return all;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> cast(Object map) {
        return (Map<String, Object>) map;
    }
}
