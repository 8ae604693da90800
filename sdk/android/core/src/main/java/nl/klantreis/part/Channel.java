package nl.klantreis.part;

import java.util.Locale;
import java.util.Map;

/** Where the touch took place. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public enum Channel implements Part {
    BROADCAST,
    CHAT,
    DISPLAY,
    EMAIL,
    EVENT,
    MESSAGING,
    MOBILE,
    OUTDOOR,
    PARTNER,
    PHONE,
    PRINT,
    SEARCH,
    SOCIAL,
    STORE,
    VIDEO,
    WEB;

    @Override
    public void addTo(Map<String, Object> touchpoint) {
        touchpoint.put("channel", name().toLowerCase(Locale.ROOT));
    }
}
