package nl.klantreis.part;

/** What links this visitor to a person on another device or channel. Hashes are SHA-256 in hex. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Identity extends NamedPart {
    public Identity() {
        super("identity");
    }

    public Identity emailHash(String value) {
        set("email_hash", value);
        return this;
    }

    public Identity phoneHash(String value) {
        set("phone_hash", value);
        return this;
    }

    /** Secret keys only. */
    public Identity loyaltyCard(String value) {
        set("loyalty_card", value);
        return this;
    }

    /** The same person's visitor id elsewhere. */
    public Identity linkedVisitorId(String value) {
        set("linked_visitor_id", value);
        return this;
    }
}
