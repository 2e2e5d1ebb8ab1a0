// Elements, forms and what is said in them. Texts are set as text, never as HTML.

import {words} from './words.js';
import {Problem} from './api.js';

/** An element: its attributes, its listeners (`onclick`), its children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter(child => child != null));
  return made;
}

/** Shows a page: its heading in the title too, the focus on it for those who listen. */
export function show(heading, ...children) {
  const main = document.getElementById('main');
  const title = element('h1', {}, heading);
  document.title = `${heading} – ${document.getElementById('product').textContent}`;
  document.body.classList.remove('wide');
  main.replaceChildren(...(children.length ? children : [element('section', {}, title)]));
  const first = main.querySelector('section');
  if (first && !first.contains(title)) first.prepend(title);
  (main.querySelector('[autofocus]') ?? main).focus();
}

/** A labelled field. */
export function field(name, label, attributes = {}) {
  const input = element('input', {id: name, name, required: true, ...attributes});
  return [element('label', {for: name}, label), input];
}

/** A rule of the API's in the reader's language; one that is not known there stays as it is. */
const rule = said => words.rules[said] ?? words.otherRule.replace('{rule}', said);

/** What went wrong, in words for whoever sits before it. */
export function sentence(error) {
  if (error instanceof Problem) {
    const field = error.errors[0];
    if (error.type === 'invalid' && field) {
      const member = (field.pointer ?? field.parameter ?? '').replace('/', '');
      return `${words.fields[member] ?? member} ${rule(field.rule)}`;
    }
    return words.problems[error.type] ?? error.message;
  }
  if (error.name === 'NotAllowedError') return words.problems.passkey;
  return error.name === 'TypeError' ? words.problems.network : error.message;
}

/**
 * A form whose button is tired while it works, and which says what went wrong where a screen
 * reader hears it. `send` gets the fields by name.
 */
export function form(label, fields, send) {
  const told = element('p', {class: 'bad', role: 'alert'});
  const button = element('button', {class: 'first', type: 'submit'}, label);
  const made = element('form', {onsubmit: async event => {
    event.preventDefault();
    await work(button, told, () => send(Object.fromEntries(new FormData(made)), made));
  }}, ...fields, told, button);
  return made;
}

/** A button that does something, with a place for what went wrong. */
export function button(label, act, attributes = {}) {
  const told = element('span', {class: 'bad', role: 'alert'});
  const made = element('button', {type: 'button', ...attributes, onclick: () => {
    work(made, told, act);
  }}, label);
  return element('span', {}, made, ' ', told);
}

async function work(button, told, act) {
  button.disabled = true;
  told.textContent = '';
  try {
    await act();
  } catch (error) {
    told.textContent = sentence(error);
  } finally {
    button.disabled = false;
  }
}
