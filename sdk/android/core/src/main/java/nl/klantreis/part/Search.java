package nl.klantreis.part;

/** What was searched. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Search extends NamedPart {
    public Search() {
        super("search");
    }

    public Search term(String value) {
        set("term", value);
        return this;
    }

    /** A search for something nearby. */
    public Search local(boolean value) {
        set("local", value);
        return this;
    }

    public Search results(long value) {
        set("results", value);
        return this;
    }
}
