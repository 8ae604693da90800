package nl.klantreis.part;

/** A contact with customer service or an adviser. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Contact extends NamedPart {
    public Contact() {
        super("contact");
    }

    public Contact caseId(String value) {
        set("case", value);
        return this;
    }

    public Contact topic(String value) {
        set("topic", value);
        return this;
    }

    /** One of inbound, outbound. */
    public Contact direction(String value) {
        set("direction", value);
        return this;
    }

    /** Seconds the person waited. */
    public Contact waitedS(double value) {
        set("waited_s", value);
        return this;
    }

    /** Employees the person spoke with. */
    public Contact agents(long value) {
        set("agents", value);
        return this;
    }

    /** The person had to ask or tell it again. */
    public Contact repeated(boolean value) {
        set("repeated", value);
        return this;
    }

    public Contact answered(boolean value) {
        set("answered", value);
        return this;
    }

    public Contact resolved(boolean value) {
        set("resolved", value);
        return this;
    }
}
