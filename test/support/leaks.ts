const BASE64 = /[A-Za-z0-9+/_-]{8,}/g;
const DEPTH = 3;

const percentDecoded = (text: string) => text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replace(/%/g, ''), 'hex').toString('utf8'));
const jsonDecoded = (text: string) => text.replace(/\\u([0-9a-f]{4})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))).replace(/\\n/g, '\n').replace(/\\(.)/g, '$1');
const htmlDecoded = (text: string) => text
  .replace(/&#x([0-9a-f]+);/gi, (_all, hex: string) => String.fromCodePoint(parseInt(hex, 16))).replace(/&#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code)))
  .replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&apos;/g, "'").replace(/&amp;/g, '&');
const formDecoded = (text: string) => text.replace(/\+/g, ' ');
/** What stands in base64, wherever its groups of four begin. */
const base64Decoded = (text: string) => [...text.matchAll(BASE64)]
  .flatMap(([token]) => [0, 1, 2, 3].map((offset) => Buffer.from(token.slice(offset), 'base64').toString('latin1'))).join('\n');

const DECODERS = [percentDecoded, jsonDecoded, htmlDecoded, formDecoded, base64Decoded];

/** Which of the secrets a person would find in a text who decodes whatever looks encoded, up to three times. */
export function leaksOf(text: string, secrets: readonly string[]): string[] {
  let readings = new Set([text]);
  const found = new Set<string>();
  for (let depth = 0; depth <= DEPTH; depth++) {
    const all = [...readings].join('\n');
    secrets.filter((secret) => all.includes(secret)).forEach((secret) => found.add(secret));
    readings = new Set([...readings].flatMap((reading) => DECODERS.map((decode) => decode(reading)).filter((decoded) => decoded !== reading && decoded !== '')));
  }
  return [...found];
}
