package nl.klantreis.part;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Several products: a list, a cart, the lines of an order. */
public final class Products implements Part {
    private final List<Object> products = new ArrayList<>();

    public Products(Product... products) {
        for (Product one : products) {
            add(one);
        }
    }

    public Products add(Product product) {
        products.add(product.fields());
        return this;
    }

    @Override
    public void addTo(Map<String, Object> touchpoint) {
        touchpoint.put("products", new ArrayList<>(products));
    }
}
