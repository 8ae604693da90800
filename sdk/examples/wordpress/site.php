<?php
/**
 * A shop for the plugin, served by `php -S`. From WordPress itself: hooks, script tags, escaping, options, JSON. Stood in
 * for: WordPress's database (options stand in its cache), and WooCommerce (`woocommerce.php`). WORDPRESS names its folder.
 */

declare(strict_types=1);

define('ABSPATH', rtrim(getenv('WORDPRESS'), '/') . '/');
define('WPINC', 'wp-includes');
define('WP_CONTENT_DIR', ABSPATH . 'wp-content');
define('KLANTREIS_KEY', getenv('KLANTREIS_KEY') ?: 'demo');
define('KLANTREIS_COLLECTOR', getenv('KLANTREIS_COLLECTOR'));

error_reporting(E_ALL & ~E_DEPRECATED); // WordPress 6.1 is older than this PHP

foreach (['compat', 'load', 'cache', 'plugin', 'functions', 'formatting', 'kses', 'l10n', 'class-wp-dependency', 'class-wp-dependencies', 'class-wp-scripts', 'functions.wp-scripts'] as $part) {
    require_once ABSPATH . WPINC . "/$part.php";
}
wp_cache_init();
wp_cache_set('alloptions', ['blog_charset' => 'UTF-8', 'siteurl' => 'http://' . $_SERVER['HTTP_HOST'], 'html_type' => 'text/html'], 'options');

function plugins_url(string $path, string $plugin): string
{
    return "/plugin/$path";
}

function get_query_var(string $name): string
{
    return $name === 'order-received' ? basename(rtrim(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), '/')) : '';
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/plugin/klantreis.js') {
    header('Content-Type: text/javascript');
    readfile(__DIR__ . '/../../wordpress/klantreis/klantreis.js');
    return;
}
if ($path === '/favicon.ico') {
    http_response_code(204);
    return;
}

session_start();
require __DIR__ . '/woocommerce.php';
require __DIR__ . '/../../wordpress/klantreis/klantreis.php';
do_action('woocommerce_loaded');

if (isset($_GET['wc-ajax'])) { // the cart without a new page
    WC()->cart->add_to_cart((int) $_POST['product_id']);
    header('Content-Type: application/json');
    echo wp_json_encode(['fragments' => apply_filters('woocommerce_add_to_cart_fragments', [])]);
    return;
}
if (isset($_POST['add-to-cart'])) {
    WC()->cart->add_to_cart((int) $_POST['add-to-cart'], 2);
}
if (isset($_POST['remove'])) {
    WC()->cart->remove_cart_item($_POST['remove']);
}
if (isset($_POST['place-order'])) {
    $order = WC_Order::place();
    header("Location: /checkout/order-received/{$order->get_id()}/?key={$order->get_order_key()}");
    return;
}

do_action('template_redirect');
do_action('wp_enqueue_scripts');
header("Content-Security-Policy: default-src 'self'; script-src 'self' " . KLANTREIS_COLLECTOR . "; connect-src 'self' " . KLANTREIS_COLLECTOR);
$shown = is_product() ? wc_get_product(get_the_ID()) : null;
?>
<!doctype html>
<html lang="en">
<head>
<title><?= esc_html($shown ? $shown->get_name() : trim($path, '/')) ?></title>
<?php wp_scripts()->do_items(false, 0); ?>
</head>
<body>
<nav><a href="/product/hiker">Hiker</a> <a href="/product/walker">Walker</a> <a href="/cart/">Cart</a> <a href="/checkout/">Checkout</a></nav>
<?php if ($shown) : ?>
<form method="post"><button name="add-to-cart" value="<?= $shown->get_id() ?>">Add to cart</button></form>
<?php elseif (is_cart()) : foreach (WC()->cart->get_cart() as $key => $item) : ?>
<form method="post"><button name="remove" value="<?= esc_attr($key) ?>">Remove <?= esc_html($item['data']->get_name()) ?></button></form>
<?php endforeach; elseif (is_checkout() && !is_wc_endpoint_url('order-received')) : ?>
<form method="post"><button name="place-order">Place order</button></form>
<?php endif; ?>
<?php do_action('wp_footer'); wp_scripts()->do_items(false, 1); ?>
</body>
</html>
