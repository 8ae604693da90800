/* Tells the SDK of what WooCommerce wrote into the page, and of what it adds without a new page. Waits for the SDK. */
(function () {
  'use strict';
  var page = (window.klantreis = window.klantreis || { q: [] });
  ['track', 'identify', 'consent'].forEach(function (name) {
    page[name] =
      page[name] ||
      function () {
        window.klantreis.q.push([name].concat([].slice.call(arguments)));
      };
  });

  function tell() {
    var element = document.getElementById('klantreis-touchpoints');
    if (!element) return;
    var touchpoints = JSON.parse(element.textContent || '[]');
    element.textContent = '';
    touchpoints.forEach(function (one) {
      if (one[0] === 'identify') window.klantreis.identify(one[1]);
      else window.klantreis.track(one[0], one[1]);
    });
  }

  tell();
  // Classic themes say so by jQuery, once the element is replaced; block themes by an event, and are told by the next page.
  if (window.jQuery) window.jQuery(document.body).on('added_to_cart removed_from_cart wc_fragments_refreshed', tell);
})();
