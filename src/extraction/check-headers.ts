type Problem = (property: string, got: unknown, fix: string) => void;

/** RFC 9110: a token. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Anything else ends the header, or the request. */
const VALUE = /^[^\r\n\0]*$/;
const CREDENTIALS = ['authorization', 'cookie', 'proxy-authorization'];
/** The client's own. */
const FRAMING = ['connection', 'content-length', 'host', 'transfer-encoding'];

export function checkHeaderName(name: string, property: string, problem: Problem): void {
  if (!NAME.test(name)) {
    problem(property, name, 'use letters, digits and hyphens');
  }
}

/** Constant headers; an error never repeats a value, which may be a secret. */
export function checkHeaders(headers: Record<string, string>, property: string, problem: Problem): void {
  for (const [name, value] of Object.entries(headers)) {
    checkHeaderName(name, property, problem);
    if (!VALUE.test(value)) {
      problem(`${property}.${name}`, 'a value with a line break', 'a header is one line');
    }
    if (CREDENTIALS.includes(name.toLowerCase())) {
      problem(property, name, 'credentials stand in Secrets Manager: use auth');
    }
    if (FRAMING.includes(name.toLowerCase())) {
      problem(property, name, 'the extractor sets it itself: leave it out');
    }
  }
}
