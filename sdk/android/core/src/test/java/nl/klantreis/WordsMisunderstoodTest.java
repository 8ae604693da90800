package nl.klantreis;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nl.klantreis.part.Ambassador;
import nl.klantreis.part.Campaign;
import nl.klantreis.part.Fields;
import nl.klantreis.part.Order;
import nl.klantreis.part.Page;
import nl.klantreis.part.Part;
import nl.klantreis.part.Product;
import nl.klantreis.part.Products;
import nl.klantreis.part.Properties;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What a program tells, and what becomes of it. */
public class WordsMisunderstoodTest {
    /** Told by calls of other names, or by the SDK itself. */
    private static final List<String> OTHERWISE = Arrays.asList("page_view", "engagement", "identify", "consent");

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private World world;
    private Klantreis klantreis;

    @Before
    public void device() {
        world = new World(new File(temporary.getRoot(), "klantreis"), 1_900_000_000_000L);
        start(Consent.GRANTED);
    }

    private void start(Consent consent) {
        Settings settings = new Settings("https://collector.example", "k").consent(consent);
        klantreis = Klantreis.start(world, settings, world.turns());
    }

    private List<Map<String, Object>> sent() {
        world.pass(60_000);
        List<Map<String, Object>> all = new ArrayList<>();
        world.requests.forEach(one -> all.addAll(one.touchpoints()));
        return all;
    }

    private static Map<String, Object> schema() throws IOException {
        File file = new File("../../contract/touchpoints.schema.json");
        return Json.readObject(new String(Files.readAllBytes(file.toPath()), StandardCharsets.UTF_8));
    }

    @Test
    public void eachStandardTypeHasOneMethodAndEachMethodTellsItsType() throws Exception {
        Set<String> told = new TreeSet<>();
        klantreis.use(touchpoint -> {
            told.add((String) touchpoint.get("type"));
            return null;
        });
        int methods = 0;
        for (Method method : Vocabulary.class.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && !method.getName().equals("track")) {
                Object[] arguments = method.getParameterCount() == 1 ? new Object[] {new Part[0]}
                        : new Object[] {method.getParameterTypes()[0].getConstructors()[0].newInstance(
                                method.getParameterTypes()[0] == Products.class ? new Object[] {new Product[0]} : new Object[0]),
                            new Part[0]};
                method.invoke(klantreis, arguments);
                methods++;
            }
        }
        world.pass(0);
        assertEquals(methods, told.size());
        Set<String> standard = new TreeSet<>();
        ((Map<?, ?>) schema().get("x-standard-types")).keySet().forEach(type -> standard.add((String) type));
        standard.removeAll((List<?>) schema().get("x-secret-key-types"));
        standard.removeAll(OTHERWISE);
        standard.add("app_backgrounded"); // what the SDK tells by itself has a name in every SDK
        standard.add("app_crashed");
        assertEquals(standard, told);
    }

    @Test
    public void eachPartStandsWhereTheVocabularyHasIt() {
        klantreis.addToCart(new Product().id("hiker-43").price(new BigDecimal("129.950000")), new Properties().put("size", 43));
        klantreis.order(new Order().id("A-1").total("129.95"), new Products(new Product().id("a"), new Product().id("b")));
        Map<String, Object> cart = sent().get(0);
        assertEquals("{\"id\":\"hiker-43\",\"price\":\"129.95\"}", Json.write(cart.get("product")));
        assertEquals("{\"size\":43}", Json.write(cart.get("properties")));
        assertEquals("[{\"id\":\"a\"},{\"id\":\"b\"}]", Json.write(sent().get(1).get("products")));
        assertEquals("mobile", cart.get("channel"));
    }

    @Test
    public void whatIsToldIsAsItWasAtTheCall() {
        Map<String, Object> mine = new HashMap<>();
        mine.put("color", "red");
        Product product = new Product().id("a");
        klantreis.track("product_view", product, new Properties().put("more", mine));
        mine.put("color", "blue");
        product.id("b");
        assertEquals("{\"more\":{\"color\":\"red\"}}", Json.write(sent().get(0).get("properties")));
        assertEquals("{\"id\":\"a\"}", Json.write(sent().get(0).get("product")));
    }

    @Test
    public void noErrorReachesAnAppAndTheDeveloperIsTold() {
        Map<String, Object> circle = new HashMap<>();
        circle.put("self", circle);
        assertNull(klantreis.track("No Type"));
        assertNull(klantreis.track("search", new Properties().put("circle", circle)));
        assertNull(klantreis.track("search", new Properties().put("stream", System.out)));
        assertNull(klantreis.track("search", new Properties().put("score", Double.NaN)));
        klantreis.track("search", new Properties().put("text", new String(new char[40_000]).replace('\0', 'x')));
        klantreis.use(touchpoint -> {
            throw new IllegalStateException("a mistake");
        });
        klantreis.track("search");
        assertEquals(0, sent().size());
        assertEquals(world.warnings.toString(), 6, world.warnings.size());
    }

    @Test
    public void anyTextArrivesAsItWas() {
        String text = "\"\\/\b\f\n\r\t\u0001 € 𝄞 \u2028 <script> ' ";
        klantreis.track("search", new Fields(java.util.Collections.singletonMap("properties", new Properties().put(text, text).fields())));
        assertEquals(text, ((Map<?, ?>) sent().get(0).get("properties")).get(text));
        klantreis.track("search", new Properties().put("half", "a\ud834"));
        assertEquals("a?", ((Map<?, ?>) sent().get(1).get("properties")).get("half"));
    }

    @Test
    public void changeOrDropComesBeforeWhatThePersonDidNotAllow() {
        start(Consent.DENIED);
        klantreis.use(touchpoint -> {
            Map<String, Object> changed = new LinkedHashMap<>(touchpoint);
            changed.put("visitor_id", "v-1");
            changed.put("properties", new Properties().put("member_id", "7").put("size", 43).fields());
            return touchpoint.get("type").equals("share") ? null : changed;
        });
        klantreis.use(touchpoint -> touchpoint.get("type").equals("order") ? null : touchpoint);
        klantreis.track("search", new Ambassador().code("anna"), new Campaign().source("news").clickId("x").clickIdKind("gclid"));
        klantreis.share();
        klantreis.order(new Order().id("A-1"));
        assertEquals(1, sent().size());
        assertNull(sent().get(0).get("visitor_id"));
        assertNull(sent().get(0).get("ambassador"));
        assertEquals("{\"size\":43}", Json.write(sent().get(0).get("properties")));
        assertEquals("{\"source\":\"news\",\"click_id_kind\":\"gclid\"}", Json.write(sent().get(0).get("campaign")));
    }

    @Test
    public void addressesTellNothingOfAPerson() {
        String url = "https://shop.example/p?size=43&Email=a&utm_source=news&user_name=x&q=a%40b.nl&gclid=7&token=9#secret";
        klantreis.track("search", new Page().url(url));
        assertEquals("https://shop.example/p?size=43&utm_source=news&gclid=7", ((Map<?, ?>) sent().get(0).get("page")).get("url"));
        assertEquals("https://shop.example/p?utm_source=news&gclid", Privacy.address(url, false));
        assertEquals("app://open", Privacy.address("app://open?a=b#c", false));
    }

    @Test
    public void aLinkTellsItsCampaignItsAmbassadorAndWhereItHangs() {
        klantreis.life().opened("https://shop.example/?utm_source=a%20b&utm_campaign=c+d&msclkid=7&kr_amb=anna&kr_id=v-9."
                + Long.toString(world.now().wallMs / 1000, 36));
        klantreis.track("search");
        klantreis.life().opened("shop://open?kr_src=store.utrecht");
        klantreis.life().opened("shop://open?kr_src=print.folder&kr_id=v-9.1&%%%&utm_medium=%zz");
        List<String> types = new ArrayList<>();
        sent().forEach(one -> types.add((String) one.get("type")));
        assertEquals(Arrays.asList("app_opened", "identify", "search", "app_opened", "store_visit", "app_opened", "ad_clicked"), types);
        Map<String, Object> opened = sent().get(0);
        assertEquals("{\"source\":\"a b\",\"name\":\"c d\",\"click_id\":\"7\",\"click_id_kind\":\"msclkid\"}", Json.write(opened.get("campaign")));
        assertEquals("{\"code\":\"anna\"}", Json.write(opened.get("ambassador")));
        assertFalse(Json.write(opened.get("page")).contains("kr_id"));
        assertEquals("{\"linked_visitor_id\":\"v-9\"}", Json.write(sent().get(1).get("identity")));
        assertNull(sent().get(2).get("campaign"));
        assertEquals("{\"source\":\"utrecht\",\"medium\":\"qr\"}", Json.write(sent().get(3).get("campaign")));
        assertEquals("store", sent().get(4).get("channel"));
        assertEquals("print", sent().get(6).get("channel"));
    }

    @Test
    public void settingsThatCannotBeUsedAreToldAndNeverTheKey() {
        for (String endpoint : new String[] {"", "collector.example", "ftp://a.b", "https://", "https://a.b?x=1", "http://a.b",
            "https://user:sk_secret@a.b", null}) {
            SettingsException told = assertThrows(SettingsException.class, () -> new Settings(endpoint, "sk_secret"));
            assertFalse(told.getMessage(), told.getMessage().contains("sk_secret"));
        }
        for (String key : new String[] {"", " ", "a b", "é", null}) {
            assertThrows(SettingsException.class, () -> new Settings("https://a.b", key));
        }
        assertEquals("https://a.b/t/v1/touchpoints", new Settings("https://a.b/t/", "k").url);
        assertEquals("http://127.0.0.1:8080/v1/touchpoints", new Settings("http://127.0.0.1:8080", "k").url);
        assertEquals("http://10.0.2.2:8080/v1/touchpoints", Settings.insecure("http://10.0.2.2:8080", "k").url);
    }

    @Test
    public void theVersionThatIsToldIsThatOfTheBuild() throws IOException {
        String pom = new String(Files.readAllBytes(new File("pom.xml").toPath()), StandardCharsets.UTF_8);
        assertTrue(pom.contains("<version>" + Version.VERSION + "</version>"));
    }

    @Test
    public void aCampaignOfBeforeAYesIsNeverToldWithAVisitor() {
        klantreis.abandon();
        world.end(false);
        start(Consent.REQUIRED);
        klantreis.arrive(new Campaign().source("news").clickId("person"));
        klantreis.consent(Consent.GRANTED);
        klantreis.track("search");
        for (Map<String, Object> one : sent()) {
            assertNull(Json.write(one), one.get("campaign"));
        }
        assertEquals("", klantreis.core().visits.remembered().arrival);
    }

    @Test
    public void nullIsNoAnswerAndChangesNothing() {
        klantreis.track("search");
        klantreis.consent(null);
        klantreis.use(touchpoint -> touchpoint);
        klantreis.use(null);
        assertNull(klantreis.screen(null));
        klantreis.track("product_view");
        assertEquals(2, sent().size());
        assertThrows(SettingsException.class, () -> new Settings("https://collector.example", "k").consent(null));
    }
}
