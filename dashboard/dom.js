/** Small words for the document. Whatever people wrote goes in as text, never as markup. */

/** A copy of the one element in a template, its hints tied to their fields. */
export function view(name) {
  const root = document.getElementById(name).content.firstElementChild.cloneNode(true);
  for (const hint of root.querySelectorAll('.field > .hint')) {
    const field = hint.parentElement.querySelector('input[id], textarea[id], select[id]');
    if (!field) continue;
    hint.id = `${field.id}-hint`;
    field.setAttribute('aria-describedby', hint.id);
  }
  for (const toggle of root.querySelectorAll('[data-reveal]')) toggle.addEventListener('click', () => reveal(root, toggle));
  return root;
}

/** The element of a view that scripts speak of by this name. */
export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

/** Fills parts of a view with text. */
export function fill(root, texts) {
  for (const [name, text] of Object.entries(texts)) part(root, name).textContent = text;
}

/** @param {Record<string, string>} [attributes] */
export function element(tag, text = '', attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

export function button(text, label, onClick) {
  const made = element('button', text, { type: 'button', 'aria-label': label });
  made.addEventListener('click', onClick);
  return made;
}

/** Tells an outcome, to eyes and to screen readers alike. */
export function say(text) {
  document.getElementById('outcome').textContent = text;
}

/** Shows a modal dialog until something closes it; what had the focus before has it again. @returns {Promise<string>} its return value */
export function openDialog(dialog) {
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}

/**
 * Puts text into the clipboard. Pages that came by plain http from another machine are given none by browsers: the old way then.
 * @param {Element} shown where the text stands; it is left selected when nothing helps
 */
export async function copyText(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(shown);
    return document.execCommand('copy');
  }
}

function reveal(root, toggle) {
  const field = root.querySelector(`[name="${toggle.dataset.reveal}"]`);
  const isShown = field.type === 'text';
  field.type = isShown ? 'password' : 'text';
  toggle.textContent = isShown ? 'Show' : 'Hide';
  toggle.setAttribute('aria-pressed', String(!isShown));
}
