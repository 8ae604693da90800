/**
 * Google Tag Manager's sandbox, as far as the template needs it: each API asks for its permission as the real one does, and
 * throws where the template has none. Not the real thing, which runs at Google alone.
 */
function makeTagManager(permissions) {
  const consent = {};
  const listeners = [];
  let pushed = {};

  const granted = (id, name) => (permissions[id] || {})[name] || [];
  const refuse = (what) => {
    throw new Error(`the template has no permission: ${what}`);
  };
  const mayGlobal = (how, key) => granted('access_globals', 'keys').some((one) => one.key == key && one[how]) || refuse(`${how} ${key}`);
  const parent = (key) => key.split('.').slice(0, -1).reduce((place, name) => place?.[name], window);
  const last = (key) => key.split('.').pop();
  const mayInject = (url) =>
    granted('inject_script', 'urls').some((pattern) => new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.?+^$()[\]{}|\\]/g, '\\$&')).join('[^?#]*')}`).test(url)) ||
    refuse(`inject ${url}`);
  const mayConsent = (type) => granted('access_consent', 'consentTypes').some((one) => one.consentType == type && one.read) || refuse(`consent ${type}`);
  const mayRead = (key) => granted('read_data_layer', 'keyPatterns').includes(key) || refuse(`data layer ${key}`);

  const apis = {
    Math,
    makeString: String,
    makeNumber: Number,
    makeInteger: (value) => Math.trunc(Number(value)),
    isConsentGranted: (type) => mayConsent(type) && consent[type] !== false,
    addConsentListener: (type, changed) => mayConsent(type) && listeners.push([type, changed]),
    copyFromDataLayer: (key) => mayRead(key) && structuredClone(pushed[key]),
    copyFromWindow: (key) => mayGlobal('read', key) && parent(key)?.[last(key)],
    callInWindow: (key, ...given) => mayGlobal('execute', key) && parent(key)[last(key)](...given),
    setInWindow(key, value, override) {
      mayGlobal('write', key);
      if (last(key) in parent(key) && !override) return false;
      parent(key)[last(key)] = value;
      return true;
    },
    createQueue(key) {
      mayGlobal('read', key) && mayGlobal('write', key);
      const queue = (parent(key)[last(key)] ||= []);
      return (value) => queue.push(value);
    },
    injectScript(url, succeeded, failed) {
      mayInject(url);
      const script = Object.assign(document.createElement('script'), { async: true, src: url, onload: succeeded, onerror: failed });
      document.head.append(script);
    },
  };

  const require = (name) => apis[name] || refuse(`no API ${name}`);
  return {
    /** Fires a tag; the promise says whether it called gtmOnSuccess. */
    fire: (code, data) =>
      new Promise((resolve, reject) => {
        const given = { ...data, gtmOnSuccess: () => resolve(true), gtmOnFailure: () => resolve(false) };
        try {
          new Function('require', 'data', code)(require, given);
        } catch (error) {
          reject(error);
        }
      }),
    /** Runs a scenario of ___TESTS___; throws where it fails. */
    test(code, setup, scenario) {
      const mocked = {};
      const called = {};
      const same = (one, other) => JSON.stringify(one) == JSON.stringify(other);
      const spy = (name, work) => (...given) => ((called[name] ||= []).push(given), work(...given));
      const tools = {
        mock: (name, what) => (mocked[name] = typeof what == 'function' ? what : () => what),
        runCode(data) {
          const finds = (name) => (name == 'Math' ? Math : spy(name, mocked[name] || apis[name]));
          const ends = { gtmOnSuccess: spy('gtmOnSuccess', () => {}), gtmOnFailure: spy('gtmOnFailure', () => {}) };
          return new Function('require', 'data', code)(finds, { ...data, ...ends });
        },
        assertThat: (found) => ({
          isEqualTo(wanted) {
            if (!same(found, wanted)) throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
          },
        }),
        assertApi: (name) => ({
          wasCalled() {
            if (!called[name]) throw new Error(`${name} was not called`);
          },
          wasNotCalled() {
            if (called[name]) throw new Error(`${name} was called`);
          },
        }),
      };
      new Function(...Object.keys(tools), `${setup}\n${scenario}`)(...Object.values(tools));
    },
    push(entry) {
      pushed = entry;
    },
    setConsent(type, given) {
      consent[type] = given;
      listeners.filter(([of]) => of == type).forEach(([, changed]) => changed(type, given));
    },
  };
}
