package nl.klantreis.part;

import java.math.BigDecimal;

/** A product; {@code quantity} and {@code price} (of one) where there is a sale. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Product extends NamedPart {
    public Product() {
        super("product");
    }

    public Product id(String value) {
        set("id", value);
        return this;
    }

    public Product name(String value) {
        set("name", value);
        return this;
    }

    public Product brand(String value) {
        set("brand", value);
        return this;
    }

    public Product category(String value) {
        set("category", value);
        return this;
    }

    public Product variant(String value) {
        set("variant", value);
        return this;
    }

    /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
    public Product price(BigDecimal value) {
        set("price", value);
        return this;
    }

    /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
    public Product price(String value) {
        set("price", value);
        return this;
    }

    /** ISO 4217 code, such as EUR. */
    public Product currency(String value) {
        set("currency", value);
        return this;
    }

    public Product quantity(long value) {
        set("quantity", value);
        return this;
    }

    public Product position(long value) {
        set("position", value);
        return this;
    }
}
