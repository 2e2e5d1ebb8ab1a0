// Signing in: password, passkey or the company's own server, then the second factor.

import {ask, keep, showPasskey} from './api.js';
import {button, element, field, form, show} from './view.js';
import {words} from './words.js';

/** The page `/sign-in`. A browser that comes back from the company's server has a code behind `#`. */
export async function signIn(enter, note) {
  const back = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, '', location.pathname);
  if (back.has('code')) {
    keep(await ask('POST', 'auth/sso/finish', {code: back.get('code')}));
    return enter();
  }
  const refused = back.has('error') ? words[back.get('error')] ?? words.refused : null;
  showForm(enter, note, refused);
  return undefined;
}

function showForm(enter, note, refused) {
  const company = element('p', {hidden: true});
  const entry = form(words.signIn, [
    ...field('mail', words.mail, {type: 'email', autocomplete: 'username webauthn', autofocus: true}),
    ...field('password', words.password, {type: 'password', autocomplete: 'current-password'}),
  ], given => byPassword(given, enter, company));
  const passkey = button(words.withPasskey, async () => {
    const offer = await ask('POST', 'auth/passkey/begin', {});
    keep(await ask('POST', 'auth/passkey/finish', {credential: await showPasskey(offer)}));
    return enter();
  });
  show(words.signIn, element('section', {},
    note ? element('p', {role: 'status'}, note) : null,
    refused ? element('p', {class: 'bad', role: 'alert'}, refused) : null,
    entry, company, window.PublicKeyCredential ? passkey : null,
    element('p', {}, element('a', {href: '/reset'}, words.forgotten))));
}

async function byPassword({mail, password}, enter, company) {
  let step;
  try {
    step = await ask('POST', 'auth/login', {mail, password});
  } catch (problem) {
    if (problem.type === 'sign-on-needed') {
      const there = `/api/v1/auth/sso?mail=${encodeURIComponent(mail)}`;
      company.replaceChildren(element('a', {href: there}, words.withCompany));
      company.hidden = false;
    }
    throw problem;
  }
  if (step.tokens) {
    keep(step.tokens);
    return enter();
  }
  return secondFactor(step.second_factor.challenge, enter, true);
}

function secondFactor(challenge, enter, app) {
  const finish = async shown => {
    keep(await ask('POST', 'auth/second-factor', {challenge, ...shown}));
    return enter();
  };
  const fields = app
    ? field('code', words.code, {inputmode: 'numeric', autocomplete: 'one-time-code',
      pattern: '[0-9 ]{6,7}', autofocus: true})
    : field('code', words.recoveryCode, {autocomplete: 'off', autofocus: true});
  const entry = form(words.goOn, fields, ({code}) => finish(
    app ? {totp: code.replaceAll(' ', '')} : {recovery_code: code.trim()}));
  const passkey = button(words.usePasskey, async () => {
    const offer = await ask('POST', 'auth/second-factor/passkey', {challenge});
    return finish({passkey: await showPasskey(offer)});
  });
  const other = button(app ? words.useRecovery : words.useApp,
    () => secondFactor(challenge, enter, !app));
  show(words.secondFactor, element('section', {},
    entry, window.PublicKeyCredential ? passkey : null, other));
}
