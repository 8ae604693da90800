package nl.klantreis.part;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** SHA-256 in hex of what may be known of a person, as all SDKs make it: the same person gives the same hash. */
public final class Hashes {
    private Hashes() {
    }

    /** Of a mail address: trimmed and in lower case. */
    public static String email(String address) {
        return sha256(address.trim().toLowerCase(Locale.ROOT));
    }

    /** Of a telephone number with its country, {@code +31612345678}: its digits and the plus. */
    public static String phone(String number) {
        return sha256(number.replaceAll("[^+0-9]", ""));
    }

    static String sha256(String text) {
        StringBuilder hex = new StringBuilder();
        try {
            for (byte one : MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8))) {
                hex.append(Character.forDigit(one >> 4 & 15, 16)).append(Character.forDigit(one & 15, 16));
            }
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every platform must have it
        }
        return hex.toString();
    }
}
