import { TextDecoder } from 'node:util';
import { CsvSpec, FormatSpec, PaginationSpec, SourceSpec } from './source-spec';
import type { SpecProblem } from './validate-source-spec';

const FORMAT_TYPES = ['json', 'ndjson', 'csv'];
const MAX_COLUMNS = 1000;

/** Everything that is wrong with a format, and with what does not go with it. */
export function formatProblems({ format, records, pagination }: SourceSpec): SpecProblem[] {
  if (format === undefined) {
    return [];
  }
  const problems = [...typeProblems(format), ...charsetProblems(format.charset)];
  if (format.type === 'csv') {
    problems.push(...csvProblems(format));
  }
  if (format.type !== 'json') {
    if (records !== '$') {
      problems.push({ property: 'records', got: records, fix: `leave it out: every line of a ${format.type} response is a record` });
    }
    problems.push(...outsidePaths(pagination).map(([property, got]) =>
      ({ property, got, fix: `a ${format.type} response holds nothing but records: use a response header, a page number, an offset or the Link header` })));
  }
  return problems;
}

function typeProblems({ type }: FormatSpec): SpecProblem[] {
  return FORMAT_TYPES.includes(type) ? [] : [{ property: 'format.type', got: type, fix: `use one of ${FORMAT_TYPES.join(', ')}` }];
}

function charsetProblems(charset: string | undefined): SpecProblem[] {
  try {
    new TextDecoder(charset);
    return [];
  } catch {
    return [{ property: 'format.charset', got: charset, fix: "use a label of the WHATWG Encoding Standard, such as 'windows-1252', 'iso-8859-15' or 'utf-16le'" }];
  }
}

function csvProblems({ delimiter, quote, header, columns }: CsvSpec): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const check = (ok: boolean, property: string, got: unknown, fix: string) => {
    if (!ok) {
      problems.push({ property: `format.${property}`, got, fix });
    }
  };
  check(delimiter === undefined || isSign(delimiter), 'delimiter', delimiter, 'use one ASCII character that ends no line');
  check(quote === undefined || quote === '' || isSign(quote), 'quote', quote, 'use one ASCII character that ends no line, or an empty text for none');
  check((delimiter ?? ',') !== (quote ?? '"'), 'quote', quote, 'use another character than the delimiter');
  check(header !== false || columns !== undefined, 'columns', columns, 'name the fields: without a header nobody else does');
  if (columns !== undefined) {
    check(columns.length > 0 && columns.length <= MAX_COLUMNS, 'columns', columns.length, `give 1 to ${MAX_COLUMNS} names`);
    check(columns.every((name) => name.trim() !== ''), 'columns', columns, 'give every field a name');
    const repeated = columns.find((name, index) => columns.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index);
    check(repeated === undefined, 'columns', repeated, 'give every field its own name: Athena does not tell upper from lower case');
  }
  return problems;
}

const isSign = (text: string) => /^[\t\x20-\x7e]$/.test(text);

/** What a pagination reads in the response outside of the records. */
function outsidePaths(pagination: PaginationSpec | undefined): [property: string, got: unknown][] {
  if (pagination === undefined || pagination.type === 'none') {
    return [];
  }
  const paths: [string, unknown][] = [
    ['hasMore', pagination.hasMore],
    ['total.path', pagination.total && 'path' in pagination.total ? pagination.total.path : undefined],
    ['token.path', pagination.type === 'cursor' && 'path' in pagination.token ? pagination.token.path : undefined],
    ['path', pagination.type === 'nextUrl' ? pagination.path : undefined],
  ];
  return paths.filter(([, got]) => got !== undefined).map(([property, got]) => [`pagination.${property}`, got]);
}
