// What mailed links lead to: a first password, or a new one.

import {ask} from './api.js';
import {element, field, form, show} from './view.js';
import {words} from './words.js';

/** The page `/invitation`, with the code behind `#`. */
export function invitation(signIn) {
  choose(words.welcome, 'auth/invitation', signIn);
}

/** The page `/reset`: with a code behind `#` a new password, else the mail to it. */
export function reset(signIn) {
  if (location.hash.length > 1) {
    choose(words.resetTitle, 'auth/reset', signIn);
    return;
  }
  const entry = form(words.resetSend,
    field('mail', words.mail, {type: 'email', autocomplete: 'username', autofocus: true}),
    async ({mail}) => {
      await ask('POST', 'auth/reset-request', {mail});
      show(words.resetTitle, element('section', {},
        element('p', {role: 'status'}, words.resetSent),
        element('p', {}, element('a', {href: '/sign-in'}, words.signIn))));
    });
  show(words.resetTitle, element('section', {},
    element('p', {class: 'soft'}, words.resetAsk), entry));
}

function choose(heading, path, signIn) {
  // the code is good once, and stands in no history from here on
  const code = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  const entry = form(words.set, [
    ...field('password', words.newPassword, {
      type: 'password', autocomplete: 'new-password', minlength: 12, maxlength: 128,
      'aria-describedby': 'rule', autofocus: true,
    }),
    element('p', {id: 'rule', class: 'soft'}, words.passwordRule),
  ], async ({password}) => {
    await ask('POST', path, {code, password});
    history.replaceState(null, '', '/sign-in');
    return signIn(words.done);
  });
  show(heading, element('section', {}, element('p', {}, words.choose), entry));
}
