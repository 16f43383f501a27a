const MASK = '***';

/** So much of a text in base64 is enough to be no accident. */
const MIN_BASE64 = 8;

/** Removes known secrets from every text that leaves the process: logs, errors, results. */
export class Redactor {
  private readonly patterns = new Map<string, readonly RegExp[]>();

  /** Remembers a secret, in all the forms that APIs send it back in: encoded for a URL, JSON or HTML, and inside of base64. */
  add(secret: string): void {
    if (secret !== '' && !this.patterns.has(secret)) {
      const texts = new Set(formsOf(secret).flatMap((form) => [form, ...base64Forms(form)]));
      this.patterns.set(secret, [...texts].map((text) => new RegExp([...text].map(anyForm).join(''), 'gu')));
    }
  }

  redact(text: string): string {
    let clean = text;
    // The longest first, so that a secret that contains another one leaves no rest.
    for (const [, patterns] of [...this.patterns].sort(([a], [b]) => b.length - a.length)) {
      clean = patterns.reduce((rest, pattern) => rest.replace(pattern, MASK), clean);
    }
    return clean;
  }

  /** The same for what is logged as JSON. Numbers stay: they are counts and times of our own. */
  redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return this.clean(JSON.parse(JSON.stringify(fields))) as Record<string, unknown>;
  }

  private clean(value: unknown): unknown {
    if (typeof value === 'string') {
      return this.redact(value);
    }
    if (Array.isArray(value)) {
      return value.map((each) => this.clean(each));
    }
    return typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [this.redact(name), this.clean(each)]))
      : value;
  }
}

/** As it stands in a request, which may then be encoded as a whole. */
const formsOf = (secret: string) => [
  secret, encodeURIComponent(secret), new URLSearchParams({ s: secret }).toString().slice(2), JSON.stringify(secret).slice(1, -1),
];

/**
 * What of a text in base64 does not depend on the bytes around the secret, for each of the three places it may begin at:
 * a whole header, `id:secret`, a body. For a short secret that would be too little to tell from any other text.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const inside = [0, 1, 2].map((before) => Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    .slice(Math.ceil((8 * before) / 6), Math.floor((8 * (before + bytes.length)) / 6)));
  return inside[2].length < MIN_BASE64 ? [bytes.toString('base64')] : inside;
}

const HTML_NAMES: Readonly<Record<string, string>> = { '"': 'quot', '&': 'amp', '<': 'lt', '>': 'gt', "'": 'apos' };
const JSON_NAMES: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't' };
/** base64 for URLs. */
const URL_NAMES: Readonly<Record<string, string>> = { '+': '-', '/': '_' };

/** One character as itself or as any encoder writes it, encoded more than once too. Nobody encodes letters and digits. */
function anyForm(char: string): string {
  if (/[A-Za-z0-9]/.test(char)) {
    return char;
  }
  const hex = (text: string) => text.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
  const code = char.codePointAt(0)!.toString(16);
  const percent = [...Buffer.from(char)].map((byte) => `%(?:25){0,3}${hex(byte.toString(16).padStart(2, '0'))}`).join('');
  const utf16 = char.split('').map((unit) => `\\\\{1,8}u${hex(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`).join('');
  return `(?:${[
    `\\\\{0,8}\\u{${code}}`,
    percent,
    utf16,
    `&(?:amp;)?#(?:0{0,4}${char.codePointAt(0)}|[xX]0{0,4}${hex(code)});`,
    ...HTML_NAMES[char] ? [`&(?:amp;)?${HTML_NAMES[char]};`] : [],
    ...JSON_NAMES[char] ? [`\\\\{1,8}${JSON_NAMES[char]}`] : [],
    ...URL_NAMES[char] ? [URL_NAMES[char]] : [],
    ...char === ' ' ? ['\\+'] : [],
  ].join('|')})`;
}
