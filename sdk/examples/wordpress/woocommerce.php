<?php
/** In place of WooCommerce: of its functions and classes those that the plugin calls, with two products, and a cart in PHP's session. */

class WC_Product
{
    private const ALL = [41 => ['hiker-43', 'Hiker </script> "43"', '129.95'], 42 => ['', 'Walker', '89.95']];

    private $id;

    public function __construct(int $id)
    {
        $this->id = $id;
    }

    public static function find($id): ?self
    {
        return isset(self::ALL[$id]) ? new self((int) $id) : null;
    }

    public function get_id(): int
    {
        return $this->id;
    }

    public function get_sku(): string
    {
        return self::ALL[$this->id][0];
    }

    public function get_name(): string
    {
        return self::ALL[$this->id][1];
    }

    public function get_price(): string
    {
        return self::ALL[$this->id][2];
    }
}

class WC_Cart
{
    public function get_cart(): array
    {
        return array_map(static fn ($number) => ['data' => new WC_Product($number[0]), 'quantity' => $number[1]], $_SESSION['cart'] ?? []);
    }

    public function get_cart_item(string $key): array
    {
        return $this->get_cart()[$key] ?? [];
    }

    public function add_to_cart(int $id, int $quantity = 1): void
    {
        $key = md5((string) $id);
        $_SESSION['cart'][$key] = [$id, ($_SESSION['cart'][$key][1] ?? 0) + $quantity];
        do_action('woocommerce_add_to_cart', $key, $id, $quantity, 0, [], []);
    }

    public function remove_cart_item(string $key): void
    {
        do_action('woocommerce_remove_cart_item', $key, $this);
        unset($_SESSION['cart'][$key]);
    }

    public function get_total(string $context): float
    {
        return array_sum(array_map(static fn ($item) => $item['data']->get_price() * $item['quantity'], $this->get_cart()));
    }
}

class WC_Session
{
    public function get(string $name, $default = null)
    {
        return $_SESSION[$name] ?? $default;
    }

    public function set(string $name, $value): void
    {
        $_SESSION[$name] = $value;
    }
}

class WC_Order
{
    private $id;

    public function __construct(int $id)
    {
        $this->id = $id;
    }

    public static function place(): self
    {
        $_SESSION['orders'][1001] = ['cart' => $_SESSION['cart'] ?? [], 'total' => WC()->cart->get_total('edit') + 4.95, 'meta' => []];
        $_SESSION['cart'] = [];
        return new self(1001);
    }

    public function __call(string $name, array $given)
    {
        $order = $_SESSION['orders'][$this->id];
        return [
            'get_id' => $this->id, 'get_order_number' => (string) $this->id, 'get_order_key' => 'wc_order_secret', 'get_customer_id' => 7,
            'get_total' => $order['total'], 'get_total_tax' => 0, 'get_currency' => 'EUR', 'get_shipping_total' => 4.95,
            'get_discount_total' => 0, 'get_coupon_codes' => ['WELCOME'], 'get_payment_method' => 'ideal', 'save' => $this->id,
        ][$name];
    }

    public function get_meta(string $name): string
    {
        return $_SESSION['orders'][$this->id]['meta'][$name] ?? '';
    }

    public function update_meta_data(string $name, string $value): void
    {
        $_SESSION['orders'][$this->id]['meta'][$name] = $value;
    }

    public function get_items(): array
    {
        return array_map(static fn ($number) => new WC_Order_Item($number), $_SESSION['orders'][$this->id]['cart']);
    }
}

class WC_Order_Item
{
    private $number;

    public function __construct(array $number)
    {
        $this->number = $number;
    }

    public function get_product(): WC_Product
    {
        return new WC_Product($this->number[0]);
    }

    public function get_quantity(): int
    {
        return $this->number[1];
    }
}

function WC(): object
{
    static $shop;
    return $shop ??= (object) ['cart' => new WC_Cart(), 'session' => new WC_Session()];
}

function wc_get_product($id): ?WC_Product
{
    return WC_Product::find($id);
}

function wc_get_order(int $id): ?WC_Order
{
    return isset($_SESSION['orders'][$id]) ? new WC_Order($id) : null;
}

function wc_get_price_to_display(WC_Product $product): string
{
    return $product->get_price();
}

function wc_get_product_category_list(int $id): string
{
    return '<a href="/boots">Boots</a>';
}

function get_woocommerce_currency(): string
{
    return 'EUR';
}

function shown(string $begin): bool
{
    return strpos($_SERVER['REQUEST_URI'], $begin) === 0;
}

function is_product(): bool
{
    return shown('/product/');
}

function get_the_ID(): int
{
    return shown('/product/hiker') ? 41 : 42;
}

function is_cart(): bool
{
    return shown('/cart/');
}

function is_checkout(): bool
{
    return shown('/checkout/');
}

function is_wc_endpoint_url(string $name): bool
{
    return shown("/checkout/$name/");
}
