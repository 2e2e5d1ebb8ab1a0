// The words of the pages, in the reader's language where there is one.

const LANGUAGES = ['en', 'de'];

const wanted = navigator.languages.map(language => language.split('-')[0]);
const language = wanted.find(language => LANGUAGES.includes(language)) ?? 'en';
document.documentElement.lang = language;

const answer = await fetch(`/door/words/${language}.json`);
export const words = await answer.json();

/** A time as the reader writes it. */
export const time = text => new Date(text).toLocaleString(language, {
  dateStyle: 'medium', timeStyle: 'short',
});
