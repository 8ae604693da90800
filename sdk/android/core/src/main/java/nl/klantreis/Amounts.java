package nl.klantreis;

import java.math.BigDecimal;

/** Money as the contract wants it: a decimal text. */
final class Amounts {
    private static final int SCALE = 4;

    private Amounts() {
    }

    /** As it is written; zeros that say nothing are left out where there are too many: 19.950000 is 19.95. */
    static String text(BigDecimal amount) {
        return (amount.scale() > SCALE ? amount.stripTrailingZeros() : amount).toPlainString();
    }
}
