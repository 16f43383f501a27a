import type { RequestSpec } from './source-spec';

/** A place for a value of the parent's record: `{name}`. */
const PLACEHOLDER = /\{([A-Za-z_]\w*)\}/g;

/** In the text of a JSON body: a string that is nothing but a placeholder, or a placeholder within a string. */
const JSON_PLACEHOLDER = /(?<=^|[:,[])"\{([A-Za-z_]\w*)\}"(?!:)|\{([A-Za-z_]\w*)\}/g;

const namesIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? match[2]);

/** Puts a value in every placeholder's place. */
export const fillText = (text: string, value: (name: string) => string): string => text.replace(PLACEHOLDER, (_all, name: string) => value(name));

/**
 * Fills the text of a JSON body. A string that is nothing but a placeholder takes the value with its type, a number
 * digit by digit; within longer strings, where a GraphQL query has braces of its own, only names that are bound count.
 */
export function fillJson(text: string, bound: (name: string) => boolean, value: (name: string) => { json: string; text: string }): string {
  return text.replace(JSON_PLACEHOLDER, (all, whole: string | undefined, part: string | undefined) => {
    if (whole !== undefined) {
      return value(whole).json;
    }
    return bound(part!) ? JSON.stringify(value(part!).text).slice(1, -1) : all;
  });
}

/** A placeholder and the property that holds it. */
export interface Placed {
  readonly name: string;
  readonly property: string;
}

/** Every placeholder of a request. Those within longer strings of a body count only when they are bound. */
export function placeholdersOf(url: string, request: RequestSpec | undefined, bound: readonly string[] = []): Placed[] {
  const inTexts = (texts: Readonly<Record<string, string>> | undefined, property: string) =>
    Object.entries(texts ?? {}).flatMap(([key, text]) => placed(text, `${property}.${key}`));
  const body = request?.body === undefined ? '' : JSON.stringify(request.body);
  return [
    ...placed(url, 'url'),
    ...inTexts(request?.query, 'query'),
    ...inTexts(request?.headers, 'headers'),
    ...inTexts(request?.form, 'form'),
    ...[...body.matchAll(JSON_PLACEHOLDER)]
      .filter(([, whole, part]) => whole !== undefined || bound.includes(part))
      .map(([, whole, part]) => ({ name: whole ?? part, property: 'body' })),
  ];
}

/** Placeholders in the part of a URL that says which server is asked. */
export const placeholdersInOrigin = (url: string): string[] => namesIn(/^[^/?#]*(?:\/\/[^/?#]*)?/.exec(url)![0], PLACEHOLDER);

const placed = (text: string, property: string): Placed[] => namesIn(text, PLACEHOLDER).map((name) => ({ name, property }));
