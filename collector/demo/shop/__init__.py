"""The demo shop: a real site with the web SDK on it, as a site's developer would install it.

Pages are rendered on the server from `templates/` and `texts/`; `static/shop.js` is the shop's own script, and the only
place that calls the SDK. The cart is a cookie that the script writes and the server reads.
"""
