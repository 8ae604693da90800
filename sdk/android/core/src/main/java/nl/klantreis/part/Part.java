package nl.klantreis.part;

import java.util.Map;

/** Something that a touchpoint says: a product, an order, a channel … Those of a call go into one touchpoint. */
public interface Part {
    /** Puts it where the vocabulary has it. */
    void addTo(Map<String, Object> touchpoint);
}
