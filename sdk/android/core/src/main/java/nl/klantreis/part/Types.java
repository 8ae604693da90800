package nl.klantreis.part;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/** What is known of types. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Types {
    /** Of these the oldest are given up first where a queue is full. */
    public static final Set<String> LOW_VALUE =
            Collections.unmodifiableSet(new HashSet<>(Arrays.asList("engagement", "page_view", "screen_view")));

    private Types() {
    }
}
