package nl.klantreis.part;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who it was, by whatever is known of them; for programs that tell of many persons. An app has one person, whom it names
 * with {@code identify}, and whatever it says here does not count. It never shows itself in a log.
 */
public final class Person implements Part {
    private final Map<String, Object> identifiers = new LinkedHashMap<>();
    private final Map<String, Object> identity = new LinkedHashMap<>();
    private String consent;

    public Person customerId(String value) {
        identifiers.put("customer_id", value);
        return this;
    }

    /** Their visitor id: that of a code that stands for them, as on a receipt. */
    public Person visitorId(String value) {
        identifiers.put("visitor_id", value);
        return this;
    }

    public Person sessionId(String value) {
        identifiers.put("session_id", value);
        return this;
    }

    public Person loyaltyCard(String value) {
        identity.put("loyalty_card", value);
        return this;
    }

    /** Is hashed before anything is stored. */
    public Person email(String address) {
        identity.put("email_hash", Hashes.email(address));
        return this;
    }

    /** With its country, {@code +31612345678}; is hashed before anything is stored. */
    public Person phone(String number) {
        identity.put("phone_hash", Hashes.phone(number));
        return this;
    }

    /** The same person's visitor id elsewhere, as a scanned code brings it. */
    public Person linkedVisitorId(String value) {
        identity.put("linked_visitor_id", value);
        return this;
    }

    /**
     * {@code granted}, {@code denied} or {@code required}, where you ask: with anything but the first no identifier is
     * stored or sent.
     */
    public Person consent(String state) {
        consent = state;
        return this;
    }

    @Override
    public void addTo(Map<String, Object> touchpoint) {
        touchpoint.putAll(identifiers);
        if (!identity.isEmpty()) {
            touchpoint.put("identity", new LinkedHashMap<>(identity));
        }
        if (consent != null) {
            Map<String, Object> state = new LinkedHashMap<>();
            state.put("state", consent);
            touchpoint.put("consent", state);
        }
    }
}
