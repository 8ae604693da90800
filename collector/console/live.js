// Shows touchpoints as they come in. Everything that is shown was chosen by a stranger: it is put in as text, never as
// HTML, and the page's policy (Trusted Types) would not let it be anything else.

const POLL_EVERY_MS = 500;
const AWAY_MS = 2000; // between tries while the console does not answer
const KEPT = 300; // rows on the page; one that is open stays

const $ = (id) => document.getElementById(id);
const [form, list, status] = [$('wanted'), $('arrivals'), $('status')];
const rows = new Map(); // place in the spool → row
let seen = { run: '0', arrived: 0, changed: 0 };
let before; // how often requests were refused before the page was opened
let cleared = 0; // the number of the last one that nobody wants to see any more
let paused = false;
let asking = 0; // the latest question; the answer to an earlier one is late

function element(name, className, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children.filter((child) => child !== ''));
  return made;
}

// What moves a cursor or turns the direction of writing would make a line look like another one.
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function visible(value) {
  return String(value ?? '').replace(UNSEEN, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function text(name, className, value) {
  return element(name, className, visible(value));
}

const time = (ms) =>
  `${new Date(ms).toLocaleTimeString('en-GB')}.${String(Math.floor(ms) % 1000).padStart(3, '0')}`;

const WORDS = {
  waiting: 'on disk',
  stored: 'stored',
  rejected: 'rejected',
  unloadable: 'unloadable',
  forgotten: 'forgotten',
  missing: 'missing',
};

function summary(arrival) {
  const again = arrival.again ? 'again' : WORDS[arrival.state];
  const line = element(
    'div',
    'line',
    text('span', '', time(arrival.received)),
    text('span', 'badge', again),
    text('span', 'type', arrival.type || '(no type)'),
    text('span', '', arrival.where),
    text('span', '', [arrival.key, arrival.channel].filter(Boolean).join(' · ')),
    text('span', '', arrival.state === 'stored' ? `${arrival.signal || '(no signal)'} → ${arrival.phase}` : ''),
  );
  const phases = element('div', 'phases');
  for (const [model, phase] of Object.entries(arrival.phases ?? {})) {
    phases.append(element('span', '', `${visible(model)} `, text('b', '', phase), ` ${visible(arrival.rules[model]) || 'no rule'}`));
  }
  const says = [];
  if (arrival.reason) says.push(`${arrival.reason}: ${arrival.detail}`);
  if (arrival.remedy && arrival.remedy !== arrival.detail) says.push(`what to do: ${arrival.remedy}`);
  if (arrival.again) {
    says.push(`This id was received before, at ${new Date(arrival.again).toLocaleString()}: that delivery counts.`);
  }
  says.push(...arrival.problems.map((problem) => `set aside: ${problem}`));
  if (arrival.unknown.length) says.push(`unknown fields, kept in extra: ${arrival.unknown.join(', ')}`);
  return [line, ...(phases.firstChild ? [phases] : []), ...says.map((one) => text('p', 'say', one))];
}

function body(arrival) {
  const facts = {
    id: arrival.id,
    'visitor id': arrival.visitor,
    'customer id': arrival.customer,
    'session id': arrival.session,
    key: `${arrival.key}, site ${arrival.site}`,
    sent_by: arrival.sdk,
    consent: arrival.gpc ? 'Global Privacy Control: nothing that identifies was kept' : arrival.consent,
    'came by': arrival.came_by,
    'clock off by': arrival.clock_corrected_ms ? `${-arrival.clock_corrected_ms} ms, corrected` : '',
    bot: arrival.bot ? 'yes, by its user agent' : '',
  };
  const shown = element('dl', '');
  for (const [name, value] of Object.entries(facts)) {
    if (!value) continue;
    const told = text('dd', '', value);
    if (['visitor id', 'customer id', 'session id'].includes(name)) {
      const only = text('button', '', 'only this');
      only.type = 'button';
      only.addEventListener('click', () => look({ text: value }));
      told.append(only);
    }
    shown.append(text('dt', '', name.replace('_', ' ')), told);
  }
  const parts = [shown];
  if (arrival.state === 'stored') {
    const told = [['signal', arrival.signal || '(none)', arrival.rules.signal || 'no rule']];
    for (const [model, phase] of Object.entries(arrival.phases)) told.push([model, phase, arrival.rules[model] || 'no rule']);
    parts.push(
      element(
        'table',
        '',
        element('tr', '', ...['model', 'phase', 'rule'].map((head) => text('th', '', head))),
        ...told.map((cells) => element('tr', '', ...cells.map((cell) => text('td', '', cell)))),
      ),
    );
  }
  return parts;
}

/** Asks for the whole touchpoint, and for the conditions that held: that takes a moment longer. */
function explain(row) {
  const place = new URLSearchParams({ place: row.place });
  const [why, raw] = ['why', 'arrival'].map((page) => {
    const shown = text('pre', page, 'Asking …');
    fetch(`/live/${page}?${place}`)
      .then((answer) => answer.text())
      .catch((error) => `The console does not answer: ${error.message}`)
      .then((told) => shown.replaceChildren(visible(told)));
    return shown;
  });
  row.why.replaceChildren(raw, why);
}

function added(place) {
  const [heading, content, why] = [element('summary', ''), element('div', 'content'), element('div', 'why')];
  const asks = text('button', '', 'Why, and the whole touchpoint');
  asks.type = 'button';
  const details = element('details', '', heading, element('div', 'body', content, asks, why));
  const row = { place, item: element('li', '', details), details, heading, content, why };
  asks.addEventListener('click', () => explain(row));
  list.prepend(row.item);
  rows.set(place, row);
  return row;
}

function show(arrival) {
  if (arrival.number <= cleared) return;
  const row = rows.get(arrival.place) ?? added(arrival.place);
  row.item.className = arrival.state;
  row.heading.replaceChildren(...summary(arrival));
  row.content.replaceChildren(...body(arrival));
}

function trim() {
  for (const [place, row] of rows) {
    if (rows.size <= KEPT) return;
    if (row.details.open) continue;
    row.item.remove();
    rows.delete(place);
  }
}

function showRefused(answers, remedies) {
  before ??= answers;
  // Those of before are of interest as long as nothing comes in.
  const refused = Object.entries(answers).filter(
    ([reason, count]) => reason !== 'accepted' && count > (rows.size ? (before[reason] ?? 0) : 0),
  );
  $('refused').hidden = refused.length === 0;
  $('refused').querySelector('tbody').replaceChildren(
    ...refused.map(([reason, count]) => {
      const earlier = before[reason] ?? 0;
      const line = element('tr', count > earlier ? 'warn' : '', text('td', '', reason));
      line.append(text('td', 'number', count - earlier), text('td', 'number', earlier), text('td', '', remedies[reason]));
      return line;
    }),
  );
}

function showState(answer) {
  const lines = answer.troubles.map((trouble) => text('li', '', trouble));
  $('troubles').replaceChildren(...lines);
  $('troubles').hidden = lines.length === 0;
  const looksFor = [...new FormData(form).values()].some(Boolean);
  if (answer.run === '0') return; // it has only now begun to look
  $('nothing').hidden = rows.size > 0 || answer.arrived > 0;
  $('unmatched').hidden = rows.size > 0 || answer.arrived === 0 || !looksFor;
  const told = [`Following: ${rows.size} shown`];
  if (answer.more) told.push(`${answer.more.toLocaleString()} more came than fit: look for your own`);
  if (answer.skipped_bytes) told.push(`${Math.round(answer.skipped_bytes / 1024).toLocaleString()} KiB came too fast to be followed`);
  say(`${told.join('; ')}.`);
}

function say(words) {
  if (status.textContent !== words) status.textContent = words; // a screen reader speaks what changes
}

async function ask() {
  const number = ++asking;
  const asked = new URLSearchParams([...new FormData(form), ...Object.entries(seen)]);
  const answer = await fetch(`/live/arrivals?${asked}`);
  if (!answer.ok) throw new Error(`it answers ${answer.status}`);
  const told = await answer.json();
  if (number !== asking) return; // somebody looks for something else by now
  if (told.run !== seen.run) cleared = 0; // numbers of another run say nothing
  told.arrivals.forEach(show);
  seen = { run: told.run, arrived: told.arrived, changed: told.changed };
  trim();
  showRefused(told.answers, told.remedies);
  showState(told);
}

let timer;
async function follow() {
  clearTimeout(timer);
  if (paused || document.hidden) return;
  let pause = POLL_EVERY_MS;
  try {
    await ask();
  } catch (error) {
    say(`The console does not answer (${error.message}); it is asked again.`);
    pause = AWAY_MS;
  }
  clearTimeout(timer); // another one may have begun meanwhile
  timer = setTimeout(follow, pause);
}

function empty() {
  rows.clear();
  list.replaceChildren();
}

/** Looks for something else: what is given is put into the form first. */
function look(fields) {
  for (const [name, value] of Object.entries(fields ?? {})) form.elements[name].value = value;
  const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.replaceState(null, '', given.size ? `?${given}` : location.pathname);
  empty();
  seen = { run: '0', arrived: 0, changed: 0 };
  follow();
}

function pause() {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', String(paused));
  $('pause').firstChild.textContent = paused ? 'Go on ' : 'Pause ';
  if (paused) say('Paused: what comes in now is shown when you go on.');
  else follow();
}

function clear() {
  empty();
  cleared = seen.arrived;
  say('Cleared: only what comes in from now on is shown.');
}

form.addEventListener('submit', (event) => event.preventDefault());
let typing;
form.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(look, 250); // when the typing rests
});
$('pause').addEventListener('click', pause);
$('clear').addEventListener('click', clear);
$('everything').addEventListener('click', () => {
  form.reset();
  look();
});
document.addEventListener('visibilitychange', follow);
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea')) return;
  const does = { p: pause, c: clear, '/': () => form.elements.text.focus() }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

for (const [name, value] of new URLSearchParams(location.search)) {
  const field = form.elements[name];
  if (field?.type === 'checkbox') field.checked = Boolean(value);
  else if (field) field.value = value;
}
follow();
