___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Klantreis",
  "categories": [
    "ANALYTICS"
  ],
  "brand": {
    "id": "brand_dummy",
    "displayName": "Klantreis"
  },
  "description": "Tells a Klantreis collector of touchpoints: page views and more by itself, e-commerce from the data layer, anything else by hand.",
  "containerContexts": [
    "WEB"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "SELECT",
    "name": "kind",
    "displayName": "What this tag does",
    "macrosInSelect": false,
    "simpleValueType": true,
    "defaultValue": "start",
    "selectItems": [
      {
        "value": "start",
        "displayValue": "Begin (on all pages)"
      },
      {
        "value": "ecommerce",
        "displayValue": "Tell of the data layer's e-commerce events"
      },
      {
        "value": "touchpoint",
        "displayValue": "Tell of one touchpoint"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "siteKey",
    "displayName": "Key",
    "simpleValueType": true,
    "help": "The public key that klantreis keys add made.",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      }
    ],
    "enablingConditions": [
      {
        "paramName": "kind",
        "paramValue": "start",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "collector",
    "displayName": "Collector",
    "simpleValueType": true,
    "valueHint": "https://collector.example",
    "help": "Its address, or a path of your own site below which it is passed on.",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      }
    ],
    "enablingConditions": [
      {
        "paramName": "kind",
        "paramValue": "start",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "SELECT",
    "name": "consent",
    "displayName": "Consent",
    "macrosInSelect": true,
    "simpleValueType": true,
    "defaultValue": "mode",
    "selectItems": [
      {
        "value": "mode",
        "displayValue": "Google Consent Mode (analytics_storage)"
      },
      {
        "value": "required",
        "displayValue": "Not given until klantreis.consent('granted')"
      },
      {
        "value": "granted",
        "displayValue": "Given"
      }
    ],
    "enablingConditions": [
      {
        "paramName": "kind",
        "paramValue": "start",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "off",
    "displayName": "Not to be told of by itself",
    "simpleValueType": true,
    "valueHint": "forms video",
    "help": "Names from docs/web.md, with spaces between.",
    "enablingConditions": [
      {
        "paramName": "kind",
        "paramValue": "start",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "touchpoint",
    "displayName": "Type",
    "simpleValueType": true,
    "valueHint": "newsletter_signup",
    "help": "A standard type, or one of your own in snake_case.",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      }
    ],
    "enablingConditions": [
      {
        "paramName": "kind",
        "paramValue": "touchpoint",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "SIMPLE_TABLE",
    "name": "fields",
    "displayName": "Fields",
    "simpleTableColumns": [
      {
        "defaultValue": "",
        "displayName": "Field",
        "name": "field",
        "type": "TEXT",
        "valueHint": "order.total",
        "isUnique": true,
        "valueValidators": [
          {
            "type": "NON_EMPTY"
          }
        ]
      },
      {
        "defaultValue": "",
        "displayName": "Value",
        "name": "value",
        "type": "TEXT"
      }
    ],
    "enablingConditions": [
      {
        "paramName": "kind",
        "paramValue": "touchpoint",
        "type": "EQUALS"
      }
    ]
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

const addConsentListener = require('addConsentListener');
const callInWindow = require('callInWindow');
const copyFromDataLayer = require('copyFromDataLayer');
const copyFromWindow = require('copyFromWindow');
const createQueue = require('createQueue');
const injectScript = require('injectScript');
const isConsentGranted = require('isConsentGranted');
const makeInteger = require('makeInteger');
const makeNumber = require('makeNumber');
const makeString = require('makeString');
const Math = require('Math');
const setInWindow = require('setInWindow');

const CONSENT = 'analytics_storage';

// What Google Analytics calls it, and what it is here. Of "each" there is one touchpoint for each item.
const ECOMMERCE = {
  view_item_list: { type: 'product_list_view', about: 'products' },
  view_item: { type: 'product_view', about: 'each' },
  add_to_wishlist: { type: 'wishlist_add', about: 'each' },
  add_to_cart: { type: 'cart_add', about: 'each' },
  remove_from_cart: { type: 'cart_remove', about: 'each' },
  view_cart: { type: 'cart_view', about: 'products' },
  begin_checkout: { type: 'checkout_step', about: 'order', step: 1, name: 'begin' },
  add_shipping_info: { type: 'checkout_step', about: 'order', step: 2, name: 'delivery' },
  add_payment_info: { type: 'checkout_step', about: 'order', step: 3, name: 'payment' },
  purchase: { type: 'order', about: 'order' },
};

// Money is text with at most four decimals: 0.1 + 0.2 would have seventeen.
const money = (value) => {
  const number = makeNumber(value);
  return value === undefined || value === '' || number !== number ? undefined : makeString(Math.round(number * 10000) / 10000);
};

const text = (value) => (value === undefined || value === null || value === '' ? undefined : makeString(value));

const product = (item, currency) => ({
  id: text(item.item_id),
  name: text(item.item_name),
  brand: text(item.item_brand),
  category: text(item.item_category),
  variant: text(item.item_variant),
  price: money(item.price),
  currency: text(item.currency || currency),
  quantity: item.quantity === undefined ? undefined : makeInteger(item.quantity),
  position: item.index === undefined ? undefined : makeInteger(item.index),
});

// Before the script has come, calls wait in a queue that it takes up: docs/web.md, "Calls before the script has come".
const call = (method, first, second) => {
  if (!copyFromWindow('klantreis')) setInWindow('klantreis', { q: [] }, false);
  if (copyFromWindow('klantreis.q')) createQueue('klantreis.q')([method, first, second]);
  else callInWindow('klantreis.' + method, first, second);
};

const start = () => {
  if (!copyFromWindow('klantreis')) setInWindow('klantreis', { q: [] }, false);
  if (!copyFromWindow('klantreis.q')) return data.gtmOnSuccess(); // begun already
  const mode = data.consent === 'mode';
  const endpoint = data.collector.charAt(data.collector.length - 1) === '/' ? data.collector.slice(0, -1) : data.collector;
  // An injected script has no attributes: it finds here what a tag says in data-.
  setInWindow('klantreis.settings', {
    key: data.siteKey,
    endpoint: endpoint,
    off: data.off || '',
    consent: mode ? (isConsentGranted(CONSENT) ? 'granted' : 'required') : data.consent,
  }, true);
  if (mode) addConsentListener(CONSENT, (type, granted) => call('consent', granted ? 'granted' : 'denied'));
  injectScript(endpoint + '/k.full.js', data.gtmOnSuccess, data.gtmOnFailure, 'klantreis');
};

// "order.total" becomes {order: {total: …}}.
const nested = (rows) => {
  const fields = {};
  rows.forEach((row) => {
    const names = row.field.split('.');
    const last = names.pop();
    let place = fields;
    names.forEach((name) => {
      place[name] = place[name] || {};
      place = place[name];
    });
    place[last] = row.value;
  });
  return fields;
};

const tellEcommerce = () => {
  const known = ECOMMERCE[copyFromDataLayer('event')];
  const ecommerce = copyFromDataLayer('ecommerce', 1);
  if (!known || !ecommerce) return;
  const products = (ecommerce.items || []).map((item) => product(item, ecommerce.currency));
  if (known.about === 'each') products.forEach((one) => call('track', known.type, { product: one }));
  else if (known.about === 'products') call('track', known.type, { products: products });
  else {
    const order = {
      id: text(ecommerce.transaction_id),
      total: money(ecommerce.value),
      currency: text(ecommerce.currency),
      tax: money(ecommerce.tax),
      shipping: money(ecommerce.shipping),
      coupon: text(ecommerce.coupon),
      payment: text(ecommerce.payment_type),
      step: known.step,
      step_name: known.name,
    };
    call('track', known.type, { order: order, products: products });
  }
};

if (data.kind === 'start') start();
else {
  if (data.kind === 'ecommerce') tellEcommerce();
  else call('track', data.touchpoint, nested(data.fields || []));
  data.gtmOnSuccess();
}


___WEB_PERMISSIONS___

[
  {
    "instance": {
      "key": {
        "publicId": "access_globals",
        "versionId": "1"
      },
      "param": [
        {
          "key": "keys",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "klantreis"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "klantreis.q"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "klantreis.settings"
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "klantreis.track"
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "klantreis.consent"
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "access_consent",
        "versionId": "1"
      },
      "param": [
        {
          "key": "consentTypes",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "analytics_storage"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "read_data_layer",
        "versionId": "1"
      },
      "param": [
        {
          "key": "allowedKeys",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "keyPatterns",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "event"
              },
              {
                "type": 1,
                "string": "ecommerce"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "inject_script",
        "versionId": "1"
      },
      "param": [
        {
          "key": "urls",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "https://*/*"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  }
]


___TESTS___

scenarios:
- name: Begins with the script of the collector, and says there what a tag's attributes would say
  code: |-
    runCode({ kind: 'start', siteKey: 'pk_1', collector: 'https://collector.example/', consent: 'required' });
    assertThat(injected).isEqualTo('https://collector.example/k.full.js');
    assertThat(settings).isEqualTo({ key: 'pk_1', endpoint: 'https://collector.example', off: '', consent: 'required' });
    assertApi('gtmOnSuccess').wasCalled();
- name: Follows Google Consent Mode
  code: |-
    mock('isConsentGranted', false);
    mock('addConsentListener', (type, changed) => changed(type, true));
    runCode({ kind: 'start', siteKey: 'pk_1', collector: 'https://collector.example', consent: 'mode' });
    assertThat(settings.consent).isEqualTo('required');
    assertThat(queue[0][0]).isEqualTo('consent');
    assertThat(queue[0][1]).isEqualTo('granted');
- name: Begins once
  code: |-
    mock('copyFromWindow', (key) => key === 'klantreis' ? {} : undefined);
    runCode({ kind: 'start', siteKey: 'pk_1', collector: 'https://collector.example', consent: 'granted' });
    assertApi('injectScript').wasNotCalled();
    assertApi('gtmOnSuccess').wasCalled();
- name: Tells of a purchase in the words of the contract
  code: |-
    mock('copyFromDataLayer', (key) => key === 'event' ? 'purchase' : {
      transaction_id: 'T-1', value: 0.1 + 0.2, currency: 'EUR', items: [{ item_id: 'hiker-43', price: 129.95, quantity: 1 }]
    });
    runCode({ kind: 'ecommerce' });
    assertThat(queue[0][1]).isEqualTo('order');
    assertThat(queue[0][2].order.id).isEqualTo('T-1');
    assertThat(queue[0][2].order.total).isEqualTo('0.3');
    assertThat(queue[0][2].products[0].price).isEqualTo('129.95');
- name: Lets events of other kinds pass
  code: |-
    mock('copyFromDataLayer', (key) => key === 'event' ? 'gtm.click' : undefined);
    runCode({ kind: 'ecommerce' });
    assertThat(queue.length).isEqualTo(0);
    assertApi('gtmOnSuccess').wasCalled();
- name: Puts the fields of a table where they belong
  code: |-
    const rows = [{ field: 'contact.topic', value: 'delivery' }, { field: 'properties.page', value: 'help' }];
    runCode({ kind: 'touchpoint', touchpoint: 'support_contact', fields: rows });
    assertThat(queue[0][1]).isEqualTo('support_contact');
    assertThat(queue[0][2]).isEqualTo({ contact: { topic: 'delivery' }, properties: { page: 'help' } });
setup: |-
  const queue = [];
  let settings;
  let injected;
  mock('copyFromWindow', (key) => key === 'klantreis' ? { q: queue } : key === 'klantreis.q' ? queue : undefined);
  mock('setInWindow', (key, value) => { settings = value; });
  mock('createQueue', (key) => (call) => { queue.push(call); });
  mock('injectScript', (url, success) => { injected = url; success(); });


___NOTES___

The template of Klantreis for Google Tag Manager. How to set it up: docs/web/google-tag-manager.md.
