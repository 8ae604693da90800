import { track } from '../../../core/src/api.js';
import { on } from './listening.js';

const name = (form: HTMLFormElement): string =>
  // By its attributes: a field that is called `id` stands in the way of the property.
  form.getAttribute('id') || form.getAttribute('name') || form.getAttribute('action')?.replace(/[?#].*/, '') || '';

/** Tells of forms that are begun (`form_start`) and sent (`form_sent`): which form, never a value. */
export function forms(): void {
  const begun = new WeakSet<HTMLFormElement>();
  on(document, 'input', ({ target }) => {
    const form = (target as HTMLInputElement).form;
    if (!form || begun.has(form)) return;
    begun.add(form);
    track('form_start', { properties: { form: name(form) } });
  });
  on(document, 'submit', ({ target }) => track('form_sent', { properties: { form: name(target as HTMLFormElement) } }));
}
