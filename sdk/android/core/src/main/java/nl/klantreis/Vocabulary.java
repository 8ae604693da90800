package nl.klantreis;

import nl.klantreis.part.Ambassador;
import nl.klantreis.part.Campaign;
import nl.klantreis.part.Contact;
import nl.klantreis.part.Feedback;
import nl.klantreis.part.Order;
import nl.klantreis.part.Part;
import nl.klantreis.part.Product;
import nl.klantreis.part.Products;
import nl.klantreis.part.Search;
import nl.klantreis.part.Store;

/**
 * One method for each standard type: {@code addToCart(product)} is {@code track("cart_add", product)}. First comes what
 * the touchpoint is about, then anything else. Each gives the touchpoint's id. A test holds the list to the vocabulary.
 */
public abstract class Vocabulary {
    Vocabulary() {
    }

    /** Tells of a touchpoint: a standard type, or one of your own in snake_case. Gives its id. */
    public abstract String track(String type, Part... parts);

    private String tell(String type, Part about, Part... more) {
        Part[] all = new Part[more.length + 1];
        all[0] = about;
        System.arraycopy(more, 0, all, 1, more.length);
        return track(type, all);
    }

    public final String screenView(Part... parts) {
        return track("screen_view", parts);
    }

    public final String articleRead(Part... parts) {
        return track("article_read", parts);
    }

    public final String adSeen(Campaign campaign, Part... more) {
        return tell("ad_seen", campaign, more);
    }

    public final String adClicked(Campaign campaign, Part... more) {
        return tell("ad_clicked", campaign, more);
    }

    public final String postSeen(Part... parts) {
        return track("post_seen", parts);
    }

    public final String spotHeard(Campaign campaign, Part... more) {
        return tell("spot_heard", campaign, more);
    }

    public final String windowSeen(Store store, Part... more) {
        return tell("window_seen", store, more);
    }

    public final String videoWatched(Part... parts) {
        return track("video_watched", parts);
    }

    public final String socialFollow(Part... parts) {
        return track("social_follow", parts);
    }

    public final String socialInteraction(Part... parts) {
        return track("social_interaction", parts);
    }

    public final String newsletterSignup(Part... parts) {
        return track("newsletter_signup", parts);
    }

    public final String emailSent(Campaign campaign, Part... more) {
        return tell("email_sent", campaign, more);
    }

    public final String emailOpened(Campaign campaign, Part... more) {
        return tell("email_opened", campaign, more);
    }

    public final String emailClicked(Campaign campaign, Part... more) {
        return tell("email_clicked", campaign, more);
    }

    public final String pushOpened(Campaign campaign, Part... more) {
        return tell("push_opened", campaign, more);
    }

    public final String search(Search search, Part... more) {
        return tell("search", search, more);
    }

    public final String productListView(Products products, Part... more) {
        return tell("product_list_view", products, more);
    }

    public final String productView(Product product, Part... more) {
        return tell("product_view", product, more);
    }

    public final String compare(Products products, Part... more) {
        return tell("compare", products, more);
    }

    public final String addToWishlist(Product product, Part... more) {
        return tell("wishlist_add", product, more);
    }

    public final String readReview(Product product, Part... more) {
        return tell("review_read", product, more);
    }

    public final String friendReferral(Ambassador ambassador, Part... more) {
        return tell("friend_referral", ambassador, more);
    }

    public final String storeLookup(Store store, Part... more) {
        return tell("contact_lookup", store, more);
    }

    public final String hoursLookup(Store store, Part... more) {
        return tell("hours_lookup", store, more);
    }

    public final String brochureDownload(Product product, Part... more) {
        return tell("brochure_download", product, more);
    }

    public final String chatStarted(Contact contact, Part... more) {
        return tell("chat_started", contact, more);
    }

    public final String storeVisit(Store store, Part... more) {
        return tell("store_visit", store, more);
    }

    public final String demonstration(Product product, Part... more) {
        return tell("demonstration", product, more);
    }

    public final String advice(Contact contact, Part... more) {
        return tell("advice", contact, more);
    }

    public final String quoteRequested(Product product, Part... more) {
        return tell("quote_requested", product, more);
    }

    public final String addToCart(Product product, Part... more) {
        return tell("cart_add", product, more);
    }

    public final String removeFromCart(Product product, Part... more) {
        return tell("cart_remove", product, more);
    }

    public final String cartView(Products products, Part... more) {
        return tell("cart_view", products, more);
    }

    public final String checkoutStep(Order order, Part... more) {
        return tell("checkout_step", order, more);
    }

    public final String checkoutAbandoned(Order order, Part... more) {
        return tell("checkout_abandoned", order, more);
    }

    public final String payment(Order order, Part... more) {
        return tell("payment", order, more);
    }

    public final String order(Order order, Part... more) {
        return tell("order", order, more);
    }

    public final String orderConfirmation(Order order, Part... more) {
        return tell("order_confirmation", order, more);
    }

    public final String delivery(Order order, Part... more) {
        return tell("delivery", order, more);
    }

    public final String onboarding(Product product, Part... more) {
        return tell("onboarding", product, more);
    }

    public final String manualRead(Product product, Part... more) {
        return tell("manual_read", product, more);
    }

    public final String warrantyRegistered(Product product, Part... more) {
        return tell("warranty_registered", product, more);
    }

    public final String supportContact(Contact contact, Part... more) {
        return tell("support_contact", contact, more);
    }

    public final String screenShare(Contact contact, Part... more) {
        return tell("screen_share", contact, more);
    }

    public final String returnRequested(Product product, Part... more) {
        return tell("return_requested", product, more);
    }

    public final String returnMade(Product product, Part... more) {
        return tell("return_made", product, more);
    }

    public final String exchange(Product product, Part... more) {
        return tell("exchange", product, more);
    }

    public final String repair(Product product, Part... more) {
        return tell("repair", product, more);
    }

    public final String feedback(Feedback feedback, Part... more) {
        return tell("feedback", feedback, more);
    }

    public final String rewardReceived(Part... parts) {
        return track("reward_received", parts);
    }

    public final String review(Product product, Part... more) {
        return tell("review_written", product, more);
    }

    public final String recommendation(Ambassador ambassador, Part... more) {
        return tell("recommendation", ambassador, more);
    }

    public final String ambassadorCodeUsed(Ambassador ambassador, Part... more) {
        return tell("ambassador_code_used", ambassador, more);
    }

    public final String share(Part... parts) {
        return track("share", parts);
    }

    public final String communityPost(Part... parts) {
        return track("community_post", parts);
    }

    public final String complaint(Contact contact, Part... more) {
        return tell("complaint", contact, more);
    }

    public final String socialMention(Part... parts) {
        return track("social_mention", parts);
    }

    public final String login(Part... parts) {
        return track("login", parts);
    }

    public final String accountCreated(Part... parts) {
        return track("account_created", parts);
    }

    public final String appInstalled(Part... parts) {
        return track("app_installed", parts);
    }

    public final String appUpdated(Part... parts) {
        return track("app_updated", parts);
    }

    public final String appOpened(Part... parts) {
        return track("app_opened", parts);
    }

    public final String appBackgrounded(Part... parts) {
        return track("app_backgrounded", parts);
    }

    public final String appCrashed(Part... parts) {
        return track("app_crashed", parts);
    }

    public final String linkClick(Part... parts) {
        return track("link_click", parts);
    }

    public final String download(Part... parts) {
        return track("download", parts);
    }

    public final String formStart(Part... parts) {
        return track("form_start", parts);
    }

    public final String formSent(Part... parts) {
        return track("form_sent", parts);
    }

    public final String notFoundSeen(Part... parts) {
        return track("not_found", parts);
    }
}
