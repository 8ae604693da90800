package nl.klantreis.part;

import java.math.BigDecimal;

/** An order, sale, cart or checkout. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Order extends NamedPart {
    public Order() {
        super("order");
    }

    public Order id(String value) {
        set("id", value);
        return this;
    }

    /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
    public Order total(BigDecimal value) {
        set("total", value);
        return this;
    }

    /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
    public Order total(String value) {
        set("total", value);
        return this;
    }

    /** ISO 4217 code, such as EUR. */
    public Order currency(String value) {
        set("currency", value);
        return this;
    }

    /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
    public Order tax(BigDecimal value) {
        set("tax", value);
        return this;
    }

    /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
    public Order tax(String value) {
        set("tax", value);
        return this;
    }

    /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
    public Order shipping(BigDecimal value) {
        set("shipping", value);
        return this;
    }

    /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
    public Order shipping(String value) {
        set("shipping", value);
        return this;
    }

    /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
    public Order discount(BigDecimal value) {
        set("discount", value);
        return this;
    }

    /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
    public Order discount(String value) {
        set("discount", value);
        return this;
    }

    public Order coupon(String value) {
        set("coupon", value);
        return this;
    }

    /** How it was paid: ideal, card, cash, link … */
    public Order payment(String value) {
        set("payment", value);
        return this;
    }

    /** One of requested, sent. */
    public Order confirmation(String value) {
        set("confirmation", value);
        return this;
    }

    public Order step(long value) {
        set("step", value);
        return this;
    }

    public Order stepName(String value) {
        set("step_name", value);
        return this;
    }
}
