import { S3Error } from './errors';

/** Undefined is left out; an array repeats its element. */
export type XmlValue = string | number | boolean | undefined | XmlTree | XmlValue[];
export interface XmlTree { [element: string]: XmlValue }

const NAMESPACE = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

const escape = (text: string) => text.replace(/[&<>"\u0000-\u001f]/g, (c) => {
  const named = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }[c];
  return named ?? `&#x${c.charCodeAt(0).toString(16)};`;
});

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('');
  const content = typeof value === 'object' ? elements(value) : escape(String(value));
  return `<${name}>${content}</${name}>`;
}

const elements = (tree: XmlTree) => Object.entries(tree).map(([name, value]) => element(name, value)).join('');

export function xmlDocument(root: string, tree: XmlTree, namespace = true): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace ? NAMESPACE : ''}>${elements(tree)}</${root}>`;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescape = (text: string) => text.replace(/&(?:#x([0-9a-f]+)|#([0-9]+)|(\w+));/gi, (whole, hex, decimal, name) => {
  if (name !== undefined) return ENTITIES[name] ?? whole;
  const point = hex !== undefined ? parseInt(hex, 16) : Number(decimal);
  if (point > 0x10ffff) throw new S3Error('MalformedXML', `the request's XML holds a character that does not exist: ${whole}`);
  return String.fromCodePoint(point);
});

/** The contents of every element of this name. Enough for the two small documents that S3 clients send. */
export function xmlElements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}\\s*>`, 'g'))].map((match) => match[1]);
}

/** The text of the first element of this name. */
export function xmlText(xml: string, name: string): string | undefined {
  const content = xmlElements(xml, name)[0];
  return content === undefined ? undefined : unescape(content);
}
