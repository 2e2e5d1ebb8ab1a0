// The API as the pages see it: JSON in, JSON or a Problem out, and the tokens of one login.

/** What the API refused: its status, its sentence, and what is wrong with which field. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? `HTTP ${status}`);
    this.status = status;
    this.type = (body?.type ?? '').split(':').pop();
    this.errors = body?.errors ?? [];
  }
}

// The access token lives in memory. The refresh token outlives a reload of this tab, no more.
let access = null;
const KEPT = 'strowger.refresh';

/** Keeps the tokens of a login. */
export function keep(tokens) {
  access = tokens.access_token;
  sessionStorage.setItem(KEPT, tokens.refresh_token);
}

/** Forgets them. */
export function forget() {
  access = null;
  sessionStorage.removeItem(KEPT);
}

/** Whether somebody may be signed in. */
export const isSignedIn = () => access !== null || sessionStorage.getItem(KEPT) !== null;

async function send(method, path, body) {
  const headers = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (access) headers.Authorization = `Bearer ${access}`;
  const answer = await fetch(`/api/v1/${path}`, {
    method, headers, body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const said = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Problem(answer.status, said);
  return said;
}

/** Exchanges the refresh token; each is good once, so only one exchange is under way. */
let renewal = null;
function renew() {
  renewal ??= (async () => {
    const refresh_token = sessionStorage.getItem(KEPT);
    access = null;
    keep(await send('POST', 'auth/refresh', {refresh_token}));
  })().finally(() => { renewal = null; });
  return renewal;
}

/** One request. An access token that ran out is renewed once. */
export async function ask(method, path, body) {
  if (access === null && sessionStorage.getItem(KEPT) && !path.startsWith('auth/')) await renew();
  try {
    return await send(method, path, body);
  } catch (problem) {
    const ranOut = problem.status === 401 && access !== null && sessionStorage.getItem(KEPT);
    if (!ranOut) throw problem;
    await renew();
    return send(method, path, body);
  }
}

/** Makes a passkey with what the API offers. */
export async function makePasskey(password, name) {
  const offer = await ask('POST', 'me/passkeys/begin', {password});
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(offer);
  const credential = await navigator.credentials.create({publicKey});
  return ask('POST', 'me/passkeys', {name, credential: credential.toJSON()});
}

/** Lets the person show a passkey to what the API offers. */
export async function showPasskey(offer) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(offer);
  return (await navigator.credentials.get({publicKey})).toJSON();
}
