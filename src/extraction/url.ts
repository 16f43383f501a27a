import { isToken } from '../core/checks';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname);

/** Checks an endpoint; an error quotes no more of it than its scheme and host, because a query may hold a key. */
export function checkUrl(text: string, authenticated: boolean, problem: (got: unknown, fix: string) => void): void {
  if (isToken(text)) {
    return;
  }
  if (!URL.canParse(text)) {
    problem(text.split('?')[0], 'use an absolute URL such as https://api.example.com/v1/users');
    return;
  }
  const url = new URL(text);
  const shown = `${url.protocol}//${url.host}`;
  if (!['http:', 'https:'].includes(url.protocol)) {
    problem(shown, 'use https:// (or http:// for an API without authentication)');
  } else if (url.protocol === 'http:' && authenticated && !isLoopback(url)) {
    problem(shown, 'credentials would travel in the clear: use https://');
  }
  if (url.username !== '' || url.password !== '') {
    problem(shown, 'credentials stand in Secrets Manager, not in the URL: use Auth.basic');
  }
  if (url.hash !== '') {
    problem(`${shown}/...${url.hash}`, 'a fragment is never sent to the API: leave it out');
  }
}
