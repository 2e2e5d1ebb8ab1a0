// The front door: which page a path is, and how it looks.

import {account} from './account.js';
import {ask, forget, isSignedIn} from './api.js';
import {invitation, reset} from './links.js';
import {signIn} from './sign_in.js';
import {element, sentence, show} from './view.js';
import {words} from './words.js';

const go = async path => {
  history.pushState(null, '', path);
  await open();
};

const enter = () => go('/account');
const leave = () => go('/sign-in');

/** Shows the page of the present path. */
async function open(note) {
  try {
    switch (location.pathname) {
      case '/invitation': return invitation(open);
      case '/reset': return reset(open);
      case '/account':
        if (!isSignedIn()) return await leave();
        return await account(leave);
      default: return await signIn(enter, note);
    }
  } catch (error) {
    if (error.status === 401 && location.pathname === '/account') {
      forget();
      return leave();
    }
    return show(words.signIn, element('section', {},
      element('p', {class: 'bad', role: 'alert'}, sentence(error)),
      element('p', {}, element('a', {href: '/sign-in'}, words.signIn))));
  }
}

/** Name, logo and colours of whoever's portal this is. */
async function dress() {
  const brand = await ask('GET', 'auth/brand');
  document.getElementById('product').textContent = brand.name;
  const logo = document.getElementById('logo');
  if (brand.logo) {
    logo.src = brand.logo;
    logo.hidden = false;
  }
  const style = document.documentElement.style;
  if (brand.primary_color) {
    style.setProperty('--main', brand.primary_color);
    style.setProperty('--accent', brand.accent_color ?? brand.primary_color);
    style.setProperty('--on-main', readable(brand.primary_color));
  }
}

/** Black or white, whichever is easier to read on a colour (WCAG 2.2, relative luminance). */
function readable(color) {
  const [red, green, blue] = [1, 3, 5].map(at => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff';
}

addEventListener('popstate', () => open());
// a page without its brand is still a page
await dress().catch(() => {});
await open();
