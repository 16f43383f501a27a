export interface Link {
  /** As written: may be relative. */
  readonly target: string;
  /** Lower case. */
  readonly rels: readonly string[];
}

const TARGET = /[\s,]*<([^>]*)>/y;
const PARAMETER = /\s*;\s*([^\s=;,"]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/y;

/** Parses a `Link` header (RFC 8288, section 3). Commas and semicolons may stand inside `<...>` and quotes. Stops at what it cannot read. */
export function parseLinkHeader(text: string): Link[] {
  const links: Link[] = [];
  let at = 0;
  for (;;) {
    TARGET.lastIndex = at;
    const target = TARGET.exec(text);
    if (!target) {
      return links;
    }
    at = TARGET.lastIndex;
    let rel: string | undefined;
    for (let parameter = parameterAt(text, at); parameter; parameter = parameterAt(text, at)) {
      at = PARAMETER.lastIndex;
      // The first rel counts, later ones are to be ignored (section 3.3).
      if (parameter[1].toLowerCase() === 'rel') {
        rel ??= parameter[2]?.replace(/\\(.)/g, '$1') ?? parameter[3] ?? '';
      }
    }
    links.push({ target: target[1].trim(), rels: (rel ?? '').toLowerCase().split(/\s+/).filter((each) => each !== '') });
  }
}

function parameterAt(text: string, at: number): RegExpExecArray | null {
  PARAMETER.lastIndex = at;
  return PARAMETER.exec(text);
}
