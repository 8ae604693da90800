package nl.klantreis.android;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import android.content.Intent;
import android.net.Uri;
import java.io.IOException;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.annotation.Config;

/** The app of docs/android.md does what the page says. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = {21, 35}, manifest = Config.NONE)
public class ExampleAppTest {
    private static final long LONG_MS = 60_000;

    private Collecting collecting;

    @Before
    public void started() throws IOException {
        collecting = new Collecting();
        ExampleApp.collector = collecting.url();
        ExampleApp app = new ExampleApp() {
            {
                attachBaseContext(RuntimeEnvironment.getApplication());
            }

            @Override
            public void registerActivityLifecycleCallbacks(ActivityLifecycleCallbacks callbacks) {
                RuntimeEnvironment.getApplication().registerActivityLifecycleCallbacks(callbacks);
            }
        };
        app.onCreate();
    }

    @After
    public void ended() {
        ExampleApp.klantreis.close();
        collecting.close();
    }

    @Test
    public void itAsksThenTellsAndFollowsALink() {
        ActivityController<ExampleApp.ProductActivity> product =
                Robolectric.buildActivity(ExampleApp.ProductActivity.class).setup();
        product.get().yes();
        product.get().buy();
        product.newIntent(new Intent(Intent.ACTION_VIEW, Uri.parse("shop://hiker?utm_source=news")));
        assertTrue(ExampleApp.klantreis.flush(LONG_MS));
        assertFalse(collecting.of("product_view").get(0).contains("visitor_id"));
        assertTrue(collecting.of("cart_add").get(0).contains("visitor_id"));
        assertTrue(collecting.of("cart_add").get(0).contains("\"screen\":{\"name\":\"ProductActivity\"}"));
        assertEquals(2, collecting.of("app_opened").size());
        assertTrue(collecting.of("app_opened").get(1).contains("\"source\":\"news\""));
    }
}
