package nl.klantreis.part;

/** A score on a scale: 8 of 10, 4 of 5. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Feedback extends NamedPart {
    public Feedback() {
        super("feedback");
    }

    /** nps, csat, ces, stars … */
    public Feedback kind(String value) {
        set("kind", value);
        return this;
    }

    public Feedback score(double value) {
        set("score", value);
        return this;
    }

    public Feedback scale(double value) {
        set("scale", value);
        return this;
    }

    public Feedback text(String value) {
        set("text", value);
        return this;
    }
}
