/** Forms: sent once at a time, and every refusal told at the field that it is about. */
import { SignedOut } from './api.js';
import { element, part } from './dom.js';
import { report } from './router.js';

/** @param {(data: FormData) => Promise<void>} send */
export function onSubmit(form, send) {
  form.addEventListener('input', ({ target }) => clearFaults(target.closest('.field') ?? form));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.hasAttribute('aria-busy')) return;
    clearFaults(form);
    part(form, 'alert').textContent = '';
    if (!checkFields(form)) return;
    form.setAttribute('aria-busy', 'true');
    try {
      await send(new FormData(form));
    } catch (error) {
      tellFailure(form, error);
    } finally {
      form.removeAttribute('aria-busy');
    }
  });
}

/** A refusal of the service: at its fields where it names them, above the form where not. */
function tellFailure(form, error) {
  if (error instanceof SignedOut) {
    form.closest('dialog')?.close();
    report(error);
    return;
  }
  const { message, faults = [] } = error;
  const elsewhere = faults.filter(({ pointer, message: text }) => !markField(form, pointer.split('/')[1], text));
  const isAllMarked = faults.length > 0 && elsewhere.length === 0;
  const rest = elsewhere.map(({ pointer, message: text }) => `${pointer} ${text}`).join('; ');
  part(form, 'alert').textContent = isAllMarked ? '' : `${message}${rest && ` ${rest}`}`;
  const firstFault = form.querySelector('[aria-invalid]');
  if (firstFault) firstFault.focus();
  else part(form, 'alert').scrollIntoView({ block: 'nearest' });
}

/** Says at a field what is wrong with it. @returns whether there is such a field */
export function markField(form, name, text) {
  const field = form.querySelector(`[data-pointer="${CSS.escape(name)}"], [name="${CSS.escape(name)}"]`);
  const box = field?.closest('.field');
  if (!box) return false;
  const target = box.matches('fieldset') ? box : field;
  if (target.hasAttribute('aria-invalid')) return true;
  const fault = element('p', asSentence(text, box), { class: 'fault', id: `${name}-fault` });
  box.append(fault);
  // A fieldset takes no focus by itself.
  if (target === box) box.tabIndex = -1;
  target.setAttribute('aria-invalid', 'true');
  target.setAttribute('aria-describedby', [fault.id, target.getAttribute('aria-describedby')].filter(Boolean).join(' '));
  return true;
}

function checkFields(form) {
  const wrong = [...form.elements].filter((field) => field.willValidate && !field.validity.valid);
  for (const field of wrong) markField(form, field.name, field.validationMessage);
  wrong[0]?.focus();
  return wrong.length === 0;
}

/** @param {Element} root a form, or one field of it */
function clearFaults(root) {
  for (const fault of root.querySelectorAll('.fault')) fault.remove();
  for (const field of [root, ...root.querySelectorAll('[aria-invalid]')]) {
    field.removeAttribute('aria-invalid');
    const described = (field.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => !id.endsWith('-fault'));
    if (described.join('')) field.setAttribute('aria-describedby', described.join(' '));
    else field.removeAttribute('aria-describedby');
  }
}

/** The API leaves out the subject, or names the field as programs do: people know it by its label. */
function asSentence(text, box) {
  const label = box.querySelector('label, legend').firstChild.textContent.trim();
  const sentence = /^(?:is|must)\b/.test(text) ? `${label} ${text}` : text;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
