package nl.klantreis.part;

import java.util.LinkedHashMap;
import java.util.Map;

/** A part that is an object of its own in the touchpoint. */
public abstract class NamedPart implements Part {
    private final String name;
    private final Map<String, Object> fields = new LinkedHashMap<>();

    NamedPart(String name) {
        this.name = name;
    }

    final void set(String field, Object value) {
        fields.put(field, value);
    }

    /** What it says so far, by the vocabulary's names. */
    public final Map<String, Object> fields() {
        return new LinkedHashMap<>(fields);
    }

    /** Adds to what is there under its name already, as far as both say different things. */
    @Override
    public final void addTo(Map<String, Object> touchpoint) {
        Map<String, Object> all = new LinkedHashMap<>();
        Object there = touchpoint.get(name);
        if (there instanceof Map) {
            for (Map.Entry<?, ?> one : ((Map<?, ?>) there).entrySet()) {
                all.put(String.valueOf(one.getKey()), one.getValue());
            }
        }
        all.putAll(fields);
        touchpoint.put(name, all);
    }
}
