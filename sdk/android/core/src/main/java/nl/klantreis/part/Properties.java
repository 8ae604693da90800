package nl.klantreis.part;

/** Whatever fits nowhere else: texts, numbers, truths, lists and maps of them; at most 64 names and 16 KiB. */
public final class Properties extends NamedPart {
    public Properties() {
        super("properties");
    }

    public Properties put(String name, Object value) {
        set(name, value);
        return this;
    }
}
