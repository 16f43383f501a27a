import { doubleText } from '../../cli/athena/print-value';

/** A type as Trino's protocol sends it. */
interface Signature {
  readonly rawType: string;
  readonly arguments: readonly { readonly kind: string; readonly value: unknown }[];
}

interface Page {
  readonly error?: { readonly errorName: string; readonly message: string };
  readonly columns?: readonly { readonly name: string; readonly typeSignature: Signature }[];
  readonly data?: readonly unknown[][];
  readonly updateType?: string;
  readonly updateCount?: number;
  readonly nextUri?: string;
}

export type TrinoAnswer = { readonly rows: readonly (readonly (string | null)[])[] } | { readonly count: number | null } | { readonly error: string };

/** A running Trino 483, asked over its HTTP protocol; values come as Athena prints them. */
export class Trino {
  constructor(private readonly url: string, private readonly catalog: string, private readonly schema: string) {}

  async answer(sql: string): Promise<TrinoAnswer> {
    const headers = { 'X-Trino-User': 'test', 'X-Trino-Catalog': this.catalog, 'X-Trino-Schema': this.schema, 'X-Trino-Time-Zone': 'UTC', 'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME' };
    let page = await json(fetch(`${this.url}/v1/statement`, { method: 'POST', body: sql, headers }));
    const rows: unknown[][] = [];
    let columns: Page['columns'];
    for (;;) {
      if (page.error) {
        return { error: page.error.errorName };
      }
      columns ??= page.columns;
      rows.push(...page.data ?? []);
      if (!page.nextUri) {
        const types = columns?.map((column) => column.typeSignature) ?? [];
        const isQuery = page.updateType === undefined;
        return isQuery ? { rows: rows.map((row) => row.map((value, i) => print(value, types[i]))) } : { count: page.updateCount ?? null };
      }
      page = await json(fetch(page.nextUri, { headers }));
    }
  }
}

const json = async (response: Promise<Response>) => (await response).json() as Promise<Page>;

function print(value: unknown, type: Signature): string | null {
  if (value === null) {
    return null;
  }
  const inner = type.arguments.map((argument) => argument.value);
  const nested = (item: unknown, of: unknown) => print(item, of as Signature) ?? 'null';
  switch (type.rawType) {
    case 'double': case 'real': return doubleText(Number(value));
    case 'array': return `[${(value as unknown[]).map((item) => nested(item, inner[0])).join(', ')}]`;
    case 'map': return `{${Object.entries(value as object).map(([key, item]) => `${key}=${nested(item, inner[1])}`).join(', ')}}`;
    case 'row': {
      const fields = inner as { fieldName?: { name: string }; typeSignature: Signature }[];
      return `{${(value as unknown[]).map((item, i) => `${fields[i].fieldName?.name ?? ''}=${nested(item, fields[i].typeSignature)}`).join(', ')}}`;
    }
    default: return String(value);
  }
}
