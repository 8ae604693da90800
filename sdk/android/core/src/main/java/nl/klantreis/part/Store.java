package nl.klantreis.part;

/** The shop, counter or stand. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Store extends NamedPart {
    public Store() {
        super("store");
    }

    public Store id(String value) {
        set("id", value);
        return this;
    }

    public Store name(String value) {
        set("name", value);
        return this;
    }

    public Store city(String value) {
        set("city", value);
        return this;
    }

    /** ISO 3166 code, such as NL. */
    public Store country(String value) {
        set("country", value);
        return this;
    }

    public Store till(String value) {
        set("till", value);
        return this;
    }

    public Store desk(String value) {
        set("desk", value);
        return this;
    }
}
