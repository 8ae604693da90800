package nl.klantreis.part;

/** What the sender knows of the campaign that brought the person. Otherwise it is read from {@code page.url}. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Campaign extends NamedPart {
    public Campaign() {
        super("campaign");
    }

    public Campaign source(String value) {
        set("source", value);
        return this;
    }

    public Campaign medium(String value) {
        set("medium", value);
        return this;
    }

    public Campaign name(String value) {
        set("name", value);
        return this;
    }

    public Campaign id(String value) {
        set("id", value);
        return this;
    }

    public Campaign term(String value) {
        set("term", value);
        return this;
    }

    public Campaign content(String value) {
        set("content", value);
        return this;
    }

    public Campaign clickId(String value) {
        set("click_id", value);
        return this;
    }

    /** Its parameter: gclid, msclkid, fbclid … */
    public Campaign clickIdKind(String value) {
        set("click_id_kind", value);
        return this;
    }
}
