<?php
/**
 * What WooCommerce knows, as touchpoints. What happens while a page is made stands in that page; what happens between two
 * pages (a product put in the cart) waits in the shop's session for the next one.
 */

namespace Klantreis;

defined('ABSPATH') || exit;

/** Where the session keeps what no page has told yet. */
const WAITING = 'klantreis_waiting';

/** On an order, once it was told: a reloaded page of thanks must not tell it again. */
const ORDER_TOLD = '_klantreis_told';

/** The element that `klantreis.js` reads. */
const ELEMENT = 'klantreis-touchpoints';

function listen(): void
{
    add_action('woocommerce_add_to_cart', __NAMESPACE__ . '\added', 10, 4);
    add_action('woocommerce_remove_cart_item', __NAMESPACE__ . '\removed', 10, 2);
    add_action('template_redirect', __NAMESPACE__ . '\keep_private');
    add_action('wp_footer', __NAMESPACE__ . '\show');
    add_filter('woocommerce_add_to_cart_fragments', __NAMESPACE__ . '\fragment');
}

/** Money as the contract has it: text, a point, at most four decimals. */
function money($amount): string
{
    return number_format((float) $amount, 2, '.', '');
}

function product(\WC_Product $product, array $more = []): array
{
    $categories = wp_strip_all_tags(wc_get_product_category_list($product->get_id()));
    return array_filter([
        'id' => $product->get_sku() !== '' ? $product->get_sku() : (string) $product->get_id(),
        'name' => $product->get_name(),
        'category' => $categories,
        'price' => money(wc_get_price_to_display($product)),
        'currency' => get_woocommerce_currency(),
    ] + $more, static fn ($value) => $value !== '' && $value !== null);
}

/** The products of the cart, with their numbers. */
function cart_products(): array
{
    return array_values(array_map(
        static fn (array $item) => product($item['data'], ['quantity' => (int) $item['quantity']]),
        WC()->cart->get_cart()
    ));
}

/** What this page says by being shown. */
function of_this_page(): array
{
    if (is_wc_endpoint_url('order-received')) {
        return of_order(wc_get_order((int) get_query_var('order-received')));
    }
    if (is_checkout()) {
        $order = ['step' => 1, 'step_name' => 'checkout', 'total' => money(WC()->cart->get_total('edit')), 'currency' => get_woocommerce_currency()];
        return [['checkout_step', ['order' => $order, 'products' => cart_products()]]];
    }
    if (is_cart()) {
        return [['cart_view', ['products' => cart_products()]]];
    }
    if (is_product() && ($shown = wc_get_product(get_the_ID()))) {
        return [['product_view', ['product' => product($shown)]]];
    }
    return [];
}

/** An order, once, to whoever has its key in the address: WooCommerce shows it to nobody else. */
function of_order($order): array
{
    $key = isset($_GET['key']) ? sanitize_text_field(wp_unslash($_GET['key'])) : '';
    if (!$order || !hash_equals($order->get_order_key(), $key) || $order->get_meta(ORDER_TOLD)) {
        return [];
    }
    $order->update_meta_data(ORDER_TOLD, '1');
    $order->save();
    $told = [];
    if ($order->get_customer_id()) {
        $told[] = ['identify', (string) $order->get_customer_id()];
    }
    $products = [];
    foreach ($order->get_items() as $item) {
        if ($item->get_product()) {
            $products[] = product($item->get_product(), ['quantity' => (int) $item->get_quantity()]);
        }
    }
    $told[] = ['order', ['order' => array_filter([
        'id' => (string) $order->get_order_number(),
        'total' => money($order->get_total()),
        'currency' => $order->get_currency(),
        'tax' => money($order->get_total_tax()),
        'shipping' => money($order->get_shipping_total()),
        'discount' => money($order->get_discount_total()),
        'coupon' => implode(' ', $order->get_coupon_codes()),
        'payment' => $order->get_payment_method(),
    ], static fn ($value) => $value !== ''), 'products' => $products]];
    return $told;
}

/** Puts something in the session, for the next page. */
function remember(string $type, array $fields): void
{
    if (WC()->session) {
        WC()->session->set(WAITING, array_merge((array) WC()->session->get(WAITING, []), [[$type, $fields]]));
    }
}

/** What waits, which then waits no more. */
function take(): array
{
    $waiting = WC()->session ? (array) WC()->session->get(WAITING, []) : [];
    if ($waiting) {
        WC()->session->set(WAITING, []);
    }
    return $waiting;
}

function added(string $key, int $product_id, $quantity, $variation_id = 0): void
{
    $added = wc_get_product($variation_id ?: $product_id);
    if ($added) {
        remember('cart_add', ['product' => product($added, ['quantity' => (int) $quantity])]);
    }
}

function removed(string $key, \WC_Cart $cart): void
{
    $item = $cart->get_cart_item($key);
    if ($item) {
        remember('cart_remove', ['product' => product($item['data'], ['quantity' => (int) $item['quantity']])]);
    }
}

/** A page that tells what one person did must be kept by no cache: it would tell it of everybody. */
function keep_private(): void
{
    if (WC()->session && WC()->session->get(WAITING, [])) {
        defined('DONOTCACHEPAGE') || define('DONOTCACHEPAGE', true);
        nocache_headers();
    }
}

/** JSON that cannot end the element it stands in. */
function element(array $touchpoints): string
{
    $json = wp_json_encode($touchpoints, JSON_HEX_TAG | JSON_HEX_AMP | JSON_UNESCAPED_UNICODE);
    return '<script type="application/json" id="' . ELEMENT . '">' . $json . '</script>';
}

function show(): void
{
    echo element(array_merge(take(), of_this_page())) . "\n";
}

/** WooCommerce replaces the element when it put something in the cart without a new page. */
function fragment(array $fragments): array
{
    $fragments['#' . ELEMENT] = element(take());
    return $fragments;
}
