package nl.klantreis.part;

/** The screen of an app. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Screen extends NamedPart {
    public Screen() {
        super("screen");
    }

    public Screen name(String value) {
        set("name", value);
        return this;
    }

    public Screen kind(String value) {
        set("kind", value);
        return this;
    }

    public Screen previous(String value) {
        set("previous", value);
        return this;
    }
}
