package nl.klantreis.part;

/** The web page where the touch took place. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Page extends NamedPart {
    public Page() {
        super("page");
    }

    public Page url(String value) {
        set("url", value);
        return this;
    }

    public Page path(String value) {
        set("path", value);
        return this;
    }

    public Page title(String value) {
        set("title", value);
        return this;
    }

    public Page referrer(String value) {
        set("referrer", value);
        return this;
    }

    public Page language(String value) {
        set("language", value);
        return this;
    }

    /** What the site calls it: home, category, product, cart … */
    public Page kind(String value) {
        set("kind", value);
        return this;
    }
}
