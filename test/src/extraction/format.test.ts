import { ExtractorFunction, Format, HttpSourceOptions, Pagination, Source, TokenPlace, TokenSource } from '../../../src';
import { DEFAULT_CSV_DELIMITER, DEFAULT_CSV_QUOTE } from '../../../src/extraction/format';
import { RawBucket } from '../../../src/storage/raw-bucket';
import { newStack } from '../../support/synth';

const source = (options: Partial<HttpSourceOptions>) => Source.http('users', { url: 'https://api.example.com/users', ...options });
const rendered = (options: Partial<HttpSourceOptions>) => source(options)._render();

describe('what the extractor reads', () => {
  test('JSON is the default and leaves nothing', () => {
    expect(rendered({ records: '$', format: Format.json() })).toEqual({ version: 1, source: 'users', records: '$' });
    expect(rendered({ records: '$', format: Format.json({ charset: 'utf-16' }) }).format).toEqual({ type: 'json', charset: 'utf-16' });
  });

  test('NDJSON and CSV need no path to the records', () => {
    expect(rendered({ format: Format.ndjson() })).toEqual({ version: 1, source: 'users', records: '$', format: { type: 'ndjson' } });
    expect(rendered({ format: Format.csv() })).toEqual({ version: 1, source: 'users', records: '$', format: { type: 'csv' } });
    expect(rendered({ records: '$', format: Format.csv() }).records).toBe('$');
  });

  test('what differs from the default stands there', () => {
    expect(rendered({ format: Format.csv({ delimiter: DEFAULT_CSV_DELIMITER, quote: DEFAULT_CSV_QUOTE, header: true }) }).format).toEqual({ type: 'csv' });
    expect(rendered({ format: Format.csv({ delimiter: ';', quote: '', header: false, columns: ['a', 'b'], charset: 'windows-1252' }) }).format)
      .toEqual({ type: 'csv', delimiter: ';', quote: '', header: false, columns: ['a', 'b'], charset: 'windows-1252' });
  });
});

describe('bad input fails at synth and says how to put it right', () => {
  const build = (options: Partial<HttpSourceOptions>) => {
    const stack = newStack();
    return new ExtractorFunction(stack, 'Extractor', { source: source(options), bucket: new RawBucket(stack, 'Raw').bucket });
  };

  test.each<[string, Partial<HttpSourceOptions>]>([
    ['CSV', { format: Format.csv({ delimiter: '\t', quote: "'", columns: ['a', 'b'], charset: 'iso-8859-15' }) }],
    ['NDJSON by the Link header', { format: Format.ndjson(), pagination: Pagination.linkHeader() }],
    ['CSV by a token in a header', { format: Format.csv(), pagination: Pagination.cursor({ token: TokenSource.header('X-Next'), target: TokenPlace.query('after') }) }],
  ])('good input passes: %s', (_name, options) => {
    expect(() => build(options)).not.toThrow();
  });

  test.each<[string, Partial<HttpSourceOptions>, RegExp]>([
    ['JSON without a path', {}, /sources\.users\.records: got nothing; name the place of the records/],
    ['a path in CSV', { records: '$.rows', format: Format.csv() }, /sources\.users\.records: got "\$\.rows"; leave it out: every line of a csv response/],
    ['a path in NDJSON', { records: '$[*]', format: Format.ndjson() }, /records: got .*every line of a ndjson response/],
    ['a token in the body of CSV', { format: Format.csv(), pagination: Pagination.cursor({ token: TokenSource.path('$.next'), target: TokenPlace.query('after') }) },
      /pagination\.token\.path: got "\$\.next"; a csv response holds nothing but records: use a response header/],
    ['a next URL in the body of NDJSON', { format: Format.ndjson(), pagination: Pagination.nextUrl({ path: '$.next' }) }, /pagination\.path: got "\$\.next"; a ndjson response/],
    ['hasMore in CSV', { format: Format.csv(), pagination: Pagination.pageNumber({ param: 'p', hasMore: '$.more' }) }, /pagination\.hasMore: got "\$\.more"/],
    ['a total in the body of CSV', { format: Format.csv(), pagination: Pagination.offset({ param: 'p', total: TokenSource.path('$.n') }) }, /pagination\.total\.path: got "\$\.n"/],
    ['a charset that is none', { records: '$', format: Format.json({ charset: 'utf8mb4' }) }, /format\.charset: got "utf8mb4"; use a label of the WHATWG/],
    ['a delimiter of two characters', { format: Format.csv({ delimiter: '||' }) }, /format\.delimiter: got "\|\|"; use one ASCII character/],
    ['a delimiter that ends lines', { format: Format.csv({ delimiter: '\n' }) }, /format\.delimiter/],
    ['a quote that is the delimiter', { format: Format.csv({ delimiter: "'", quote: "'" }) }, /format\.quote: got "'"; use another character than the delimiter/],
    ['neither header nor names', { format: Format.csv({ header: false }) }, /format\.columns: got nothing; name the fields/],
    ['no names', { format: Format.csv({ columns: [] }) }, /format\.columns: got 0; give 1 to 1000 names/],
    ['an empty name', { format: Format.csv({ columns: ['a', ' '] }) }, /format\.columns: .*give every field a name/],
    ['a name twice', { format: Format.csv({ columns: ['id', 'ID'] }) }, /format\.columns: got "ID"; give every field its own name/],
  ])('%s', (_name, options, message) => {
    expect(() => build(options)).toThrow(message);
  });
});
