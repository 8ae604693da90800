/**
 * What Robolectric asks of Google's {@code androidx.test:monitor}, which Maven Central does not have: it says here what it
 * does to activities and intents, and nobody listens. Nothing of Klantreis knows of it.
 */
package androidx.test;
