package nl.klantreis.part;

import java.util.LinkedHashMap;
import java.util.Map;

/** Anything, by the vocabulary's own names; for what comes as a map already, as from a web view. */
public final class Fields implements Part {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    public Fields(Map<String, ?> fields) {
        this.fields.putAll(fields);
    }

    @Override
    public void addTo(Map<String, Object> touchpoint) {
        touchpoint.putAll(fields);
    }
}
