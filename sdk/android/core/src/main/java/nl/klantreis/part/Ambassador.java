package nl.klantreis.part;

/** Who recommended, by the code of their link or card. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Ambassador extends NamedPart {
    public Ambassador() {
        super("ambassador");
    }

    public Ambassador code(String value) {
        set("code", value);
        return this;
    }

    public Ambassador relation(String value) {
        set("relation", value);
        return this;
    }
}
