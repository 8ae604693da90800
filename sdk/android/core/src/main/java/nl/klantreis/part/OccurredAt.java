package nl.klantreis.part;

import java.util.Map;

/** When it happened, in milliseconds since 1970; for programs that tell of what happened earlier and elsewhere. */
public final class OccurredAt implements Part {
    private final long epochMs;

    public OccurredAt(long epochMs) {
        this.epochMs = epochMs;
    }

    @Override
    public void addTo(Map<String, Object> touchpoint) {
        touchpoint.put("occurred_at", epochMs);
    }
}
