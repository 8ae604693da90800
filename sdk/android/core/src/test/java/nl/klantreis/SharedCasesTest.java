package nl.klantreis;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.AfterClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameters;

/** The cases that all SDKs share, for an app and for a till: on a real disk, with the time and the network of the case. */
@RunWith(Parameterized.class)
public class SharedCasesTest {
    private static final File CASES = new File("../../contract/cases");
    private static final Map<String, Integer> RUN = new LinkedHashMap<>();

    private final String kind;
    private final Map<String, Object> theCase;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder(memory());

    public SharedCasesTest(String name, String kind, Map<String, Object> theCase) {
        this.kind = kind;
        this.theCase = theCase;
    }

    /** In memory where the system has such a place: for thousands of touchpoints whose syncing is not in question. */
    private static File memory() {
        File memory = new File("/dev/shm");
        return memory.isDirectory() && memory.canWrite() ? memory : null;
    }

    /** Every case of an app and of a till, once for each of its values. */
    @Parameters(name = "{0}")
    public static List<Object[]> cases() throws IOException {
        List<Object[]> found = new ArrayList<>();
        File[] files = CASES.listFiles((folder, name) -> name.endsWith(".json") && !name.equals("cases.schema.json"));
        Arrays.sort(files);
        for (File file : files) {
            Map<String, Object> content = Json.readObject(new String(Files.readAllBytes(file.toPath()), StandardCharsets.UTF_8));
            for (Object one : (List<?>) content.get("cases")) {
                for (String kind : new String[] {"mobile", "store"}) {
                    if (((List<?>) at(one, "kinds")).contains(kind)) {
                        spread(found, content.get("topic") + " (" + kind + "): " + at(one, "name"), kind, one);
                    }
                }
            }
        }
        return found;
    }

    private static void spread(List<Object[]> found, String name, String kind, Object theCase) {
        Map<?, ?> each = (Map<?, ?>) at(theCase, "each");
        if (each == null) {
            found.add(new Object[] {name, kind, theCase});
            return;
        }
        String variable = (String) each.keySet().iterator().next();
        for (Object value : (List<?>) each.get(variable)) {
            found.add(new Object[] {name + " [" + Json.write(value) + "]", kind, filled(theCase, variable, value)});
        }
    }

    /** The case with {@code given} where {@code $name} stands, or its member where {@code $name.member} does. */
    private static Object filled(Object part, String name, Object given) {
        if (part instanceof Map) {
            Map<String, Object> all = new LinkedHashMap<>();
            ((Map<?, ?>) part).forEach((key, one) -> all.put((String) key, filled(one, name, given)));
            return all;
        }
        if (part instanceof List) {
            List<Object> all = new ArrayList<>();
            ((List<?>) part).forEach(one -> all.add(filled(one, name, given)));
            return all;
        }
        if (part instanceof String && part.equals("$" + name)) {
            return given;
        }
        if (part instanceof String && ((String) part).startsWith("$" + name + ".")) {
            return at(given, ((String) part).substring(name.length() + 2));
        }
        return part;
    }

    static Object at(Object map, String name) {
        return ((Map<?, ?>) map).get(name);
    }

    @Test
    public void doesWhatEverySdkDoes() throws IOException {
        Map<String, Object> start = new LinkedHashMap<>();
        if (theCase.get("start") != null) {
            ((Map<?, ?>) theCase.get("start")).forEach((name, value) -> start.put((String) name, value));
        }
        CaseRun run = new CaseRun(kind, start, new File(temporary.getRoot(), "klantreis"));
        for (Object step : (List<?>) theCase.get("steps")) {
            run.step((Map<?, ?>) step);
        }
        run.end();
        RUN.merge(kind, 1, Integer::sum);
    }

    /** None passes because none was found. */
    @AfterClass
    public static void thereAreCases() {
        System.out.println("shared cases passed: " + RUN);
        assertTrue("" + RUN, RUN.getOrDefault("mobile", 0) >= 60 && RUN.getOrDefault("store", 0) >= 46);
    }
}
