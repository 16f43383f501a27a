import { FormatSpec } from '../spec/source-spec';

/** What the extractor takes when the spec leaves these out. */
export const DEFAULT_CSV_DELIMITER = ',';
export const DEFAULT_CSV_QUOTE = '"';

/** How the bytes of a response are text. */
export interface TextOptions {
  /**
   * Charset of the responses: a label of the WHATWG Encoding Standard, such as `windows-1252` or `utf-16le`. It counts
   * more than the response's `Content-Type`, and less than a byte order mark. By that standard `iso-8859-1` is windows-1252.
   *
   * @default - what the response's Content-Type says, otherwise UTF-8
   * @see https://encoding.spec.whatwg.org/#names-and-labels
   */
  readonly charset?: string;
}

/** CSV. */
export interface CsvFormatOptions extends TextOptions {
  /**
   * What stands between fields: one ASCII character.
   *
   * @default ','
   */
  readonly delimiter?: string;

  /**
   * What stands around fields that hold delimiters, line breaks or quotes, the last doubled: one ASCII character, or an
   * empty text when the API never quotes.
   *
   * @default '"'
   */
  readonly quote?: string;

  /**
   * Whether the first line of every response names the fields. Otherwise it is a record, and `columns` names them.
   *
   * @default true
   */
  readonly header?: boolean;

  /**
   * Names of the fields. With a header they take the place of its names.
   *
   * @default - those of the header
   */
  readonly columns?: string[];
}

/** What the responses of a source are. */
export class Format {
  /** One JSON document a response; `records` of the source says where the records stand in it. */
  static json(options: TextOptions = {}): Format {
    return new Format({ type: 'json', ...charset(options) });
  }

  /**
   * One JSON value a line (NDJSON, JSON Lines), of any length in all. Blank lines are skipped; a value over several
   * lines, or a second one in a line, is an error that names the line.
   */
  static ndjson(options: TextOptions = {}): Format {
    return new Format({ type: 'ndjson', ...charset(options) });
  }

  /**
   * CSV (RFC 4180), one record a row. Every value is a string as it stands: `01234` and `1.10` stay what they are, an
   * empty field is an empty string. A row of more or fewer fields than the header is an error that names the line, and
   * so is an empty response, which has no header; empty lines are skipped, unless there is one column.
   * A field without a name becomes `column_<position>`, and a name that comes again (in any case) gets a number,
   * `id_2`; the run warns of both.
   */
  static csv(options: CsvFormatOptions = {}): Format {
    const { delimiter, quote, header, columns } = options;
    return new Format({
      type: 'csv',
      ...charset(options),
      ...(delimiter === undefined || delimiter === DEFAULT_CSV_DELIMITER ? {} : { delimiter }),
      ...(quote === undefined || quote === DEFAULT_CSV_QUOTE ? {} : { quote }),
      ...(header === false ? { header } : {}),
      ...(columns === undefined ? {} : { columns }),
    });
  }

  private constructor(private readonly spec: FormatSpec) {}

  /** @internal */
  _render(): FormatSpec {
    return this.spec;
  }
}

const charset = (options: TextOptions) => (options.charset === undefined ? {} : { charset: options.charset });
