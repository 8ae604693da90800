package nl.klantreis.part;

/** The business that the person acts for. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Company extends NamedPart {
    public Company() {
        super("company");
    }

    /** One of b2b, b2c. */
    public Company type(String value) {
        set("type", value);
        return this;
    }

    public Company name(String value) {
        set("name", value);
        return this;
    }

    public Company industry(String value) {
        set("industry", value);
        return this;
    }

    public Company size(String value) {
        set("size", value);
        return this;
    }
}
