package nl.klantreis;

import java.util.Locale;

/** What the person allowed. */
public enum Consent {
    GRANTED,
    /** Not asked yet. */
    REQUIRED,
    DENIED;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
