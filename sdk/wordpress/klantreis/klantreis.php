<?php
/**
 * Plugin Name:       Klantreis
 * Description:       Tells a Klantreis collector of page views, and with WooCommerce of products, carts, checkouts and orders.
 * Version:           0.1.0
 * Requires at least: 5.8
 * Requires PHP:      7.4
 * License:           Apache-2.0
 *
 * Settings are constants, in wp-config.php:
 *
 *     define('KLANTREIS_KEY', 'pk_…');
 *     define('KLANTREIS_COLLECTOR', 'https://collector.example');
 *     define('KLANTREIS_CONSENT', 'required');      // or granted, the default
 */

namespace Klantreis;

defined('ABSPATH') || exit;

require __DIR__ . '/woocommerce.php';

/** Where the collector is, without a slash at the end. */
function collector(): string
{
    return rtrim((string) KLANTREIS_COLLECTOR, '/');
}

/** The tag of the SDK, and the file that tells it what WooCommerce said. Neither is inline, so a strict policy holds. */
function enqueue(): void
{
    wp_enqueue_script('klantreis', collector() . '/k.full.js', [], null, false);
    wp_enqueue_script('klantreis-touchpoints', plugins_url('klantreis.js', __FILE__), [], '0.1.0', true);
}

/** Gives the SDK's tag what it reads from there. */
function tag(string $tag, string $handle): string
{
    if ($handle !== 'klantreis') {
        return $tag;
    }
    $attributes = sprintf(
        ' async data-key="%s" data-endpoint="%s" data-consent="%s" src=',
        esc_attr(KLANTREIS_KEY),
        esc_url(collector()),
        esc_attr(defined('KLANTREIS_CONSENT') ? KLANTREIS_CONSENT : 'granted')
    );
    return str_replace(' src=', $attributes, $tag);
}

if (defined('KLANTREIS_KEY') && defined('KLANTREIS_COLLECTOR')) {
    add_action('wp_enqueue_scripts', __NAMESPACE__ . '\enqueue');
    add_filter('script_loader_tag', __NAMESPACE__ . '\tag', 10, 2);
    add_action('woocommerce_loaded', __NAMESPACE__ . '\listen');
}
