// The page `/account`: one's second factor, passkeys and logins.

import {ask, forget, makePasskey} from './api.js';
import {button, element, field, form, show} from './view.js';
import {time, words} from './words.js';

/** Shows the account of whoever is signed in. */
export async function account(leave) {
  const [me, passkeys, logins] = await Promise.all([
    ask('GET', 'me'), optional('me/passkeys'), ask('GET', 'me/logins'),
  ]);
  const again = () => account(leave);
  show(words.account,
    who(me, leave), app(me, again),
    passkeys && window.PublicKeyCredential ? keys(passkeys.items, again) : '',
    places(logins.items, again));
  document.body.classList.add('wide');
}

/** A portal at a bare address has no passkeys. */
async function optional(path) {
  try {
    return await ask('GET', path);
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

function who(me, leave) {
  const name = me.display_name ? `${me.display_name} (${me.mail})` : me.mail;
  const place = me.owner_name ? ` ${words.at} ${me.owner_name}` : '';
  return element('section', {}, element('p', {}, name + place),
    button(words.signOut, async () => {
      await ask('POST', 'auth/logout').finally(forget);
      return leave();
    }));
}

function app(me, again) {
  const section = element('section', {'aria-labelledby': 'app'},
    element('h2', {id: 'app'}, words.app));
  const confirmed = (label, act) => button(label, () => section.replaceChildren(
    element('h2', {id: 'app'}, words.app), withPassword(label, act), button(words.back, again)));
  if (me.second_factor) {
    section.append(
      element('p', {}, words.appOn.replace('{count}', me.recovery_codes)),
      confirmed(words.codesRenew, async password => {
        const made = await ask('POST', 'me/recovery-codes', {password});
        return showCodes(made.codes, again);
      }),
      confirmed(words.appRemove, async password => {
        await ask('POST', 'me/totp/remove', {password});
        return again();
      }));
  } else {
    section.append(element('p', {class: 'soft'}, words.appOff),
      confirmed(words.appSetUp, async password => {
        section.replaceChildren(...offered(await ask('POST', 'me/totp', {password}), again));
        section.querySelector('input').focus();
      }));
  }
  return section;
}

function offered(offer, again) {
  const picture = `data:image/svg+xml,${encodeURIComponent(offer.picture)}`;
  return [
    element('h2', {id: 'app'}, words.app),
    element('p', {}, words.appScan),
    element('img', {class: 'picture', src: picture, alt: ''}),
    element('p', {}, element('code', {id: 'secret'}, offer.secret)),
    form(words.goOn, field('code', words.code, {
      inputmode: 'numeric', autocomplete: 'one-time-code', pattern: '[0-9 ]{6,7}',
    }), async ({code}) => {
      const made = await ask('POST', 'me/totp/confirm', {code: code.replaceAll(' ', '')});
      showCodes(made.codes, again);
    }),
  ];
}

function showCodes(codes, again) {
  show(words.codes, element('section', {},
    element('p', {}, words.codesKeep),
    element('ol', {class: 'codes'}, ...codes.map(code => element('li', {}, code))),
    button(words.codesKept, again)));
}

function withPassword(label, act) {
  return form(label, field('password', words.confirm, {
    type: 'password', autocomplete: 'current-password', autofocus: true,
  }), ({password}) => act(password));
}

function keys(passkeys, again) {
  const row = key => element('li', {},
    element('span', {}, key.name, ' ',
      element('span', {class: 'soft'}, words.added.replace('{time}', time(key.added)))),
    button(words.remove, async () => {
      await ask('DELETE', `me/passkeys/${key.id}`);
      return again();
    }, {class: 'small', 'aria-label': `${words.remove}: ${key.name}`}));
  const section = element('section', {'aria-labelledby': 'passkeys'},
    element('h2', {id: 'passkeys'}, words.passkeys),
    passkeys.length
      ? element('ul', {class: 'rows'}, ...passkeys.map(row))
      : element('p', {class: 'soft'}, words.passkeysNone),
    button(words.passkeyAdd, () => section.replaceChildren(
      element('h2', {id: 'passkeys'}, words.passkeys),
      form(words.passkeyAdd, [
        ...field('name', words.passkeyName, {value: words.passkeyNamed, maxlength: 64}),
        ...field('password', words.confirm, {type: 'password', autocomplete: 'current-password'}),
      ], async ({name, password}) => {
        await makePasskey(password, name);
        return again();
      }), button(words.back, again))));
  return section;
}

function places(logins, again) {
  const row = login => element('li', {},
    element('span', {}, login.agent || '?', ' ', element('span', {class: 'soft'}, login.current
      ? words.loginHere
      : words.loginUsed.replace('{time}', time(login.used)))),
    login.current ? null : button(words.end, async () => {
      await ask('DELETE', `me/logins/${login.id}`);
      return again();
    }, {class: 'small', 'aria-label': `${words.end}: ${login.agent}`}));
  return element('section', {'aria-labelledby': 'logins'},
    element('h2', {id: 'logins'}, words.logins),
    element('ul', {class: 'rows'}, ...logins.map(row)),
    logins.length > 1 ? button(words.endOthers, async () => {
      await ask('DELETE', 'me/logins');
      return again();
    }) : null);
}
