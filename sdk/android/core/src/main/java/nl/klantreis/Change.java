package nl.klantreis;

import java.util.Map;

/** Looks at each touchpoint before it is queued. */
public interface Change {
    /** Gives the touchpoint as it is to be told, or null to drop it. Runs on the SDK's own thread. */
    Map<String, Object> change(Map<String, Object> touchpoint);
}
