package nl.klantreis;

import java.security.SecureRandom;
import java.util.UUID;

/** Ids of version 7 (RFC 9562, section 5.7): they begin with the time, so that what was made together lies together. */
final class Uuid7 {
    private static final SecureRandom CHANCE = new SecureRandom();

    private Uuid7() {
    }

    static String at(long wallMs) {
        long high = wallMs << 16 | 0x7000L | CHANCE.nextInt(1 << 12);
        long low = CHANCE.nextLong() >>> 2 | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
