package nl.klantreis;

import java.io.File;
import java.io.IOException;
import java.util.Map;

/** What the SDK needs of the machine that it runs on; {@code nl.klantreis.jvm} and {@code nl.klantreis.android} have it. */
public interface Platform {
    /** A folder of the program's own, on a disk of this machine; made when it is needed, removed when it must be. */
    File folder();

    /** Puts a file in the place of another, so that at every moment one of them is there. */
    void replace(File from, File to) throws IOException;

    /** Makes names of new and renamed files in a folder outlive a power cut, where the system lets one. */
    void syncFolder(File folder) throws IOException;

    /** Any thread asks, often. */
    Now now();

    /** Sends JSON to an address and waits for the answer, at most a minute. Whatever the network does throws nothing. */
    Reply post(String url, byte[] json);

    /** {@code mobile} in an app, {@code store} at a till: where what is told took place, unless it says otherwise. */
    String channel();

    /** What is known of device and program, by the names of the vocabulary's {@code context}. */
    Map<String, Object> context();

    /** Tells the developer; nothing of a person or key is in it. */
    void warn(String message, Throwable cause);
}
