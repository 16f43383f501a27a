import { AthenaQueryError, notSupported } from './athena-error';
import { GluePartition, GlueTable } from '../catalog/glue-table';

/** More are hardly meant, and take long to look for. */
const MAX_PARTITIONS = 100_000;

type Unit = 'YEARS' | 'MONTHS' | 'WEEKS' | 'DAYS' | 'HOURS' | 'MINUTES' | 'SECONDS';

const MILLIS: Readonly<Record<Exclude<Unit, 'YEARS' | 'MONTHS'>, number>> = { WEEKS: 604_800_000, DAYS: 86_400_000, HOURS: 3_600_000, MINUTES: 60_000, SECONDS: 1000 };

/** Fields of a date format, and the unit that the finest of them steps by. */
const FIELDS: readonly (readonly [string, number, Unit])[] = [
  ['yyyy', 4, 'YEARS'], ['MM', 2, 'MONTHS'], ['dd', 2, 'DAYS'], ['HH', 2, 'HOURS'], ['mm', 2, 'MINUTES'], ['ss', 2, 'SECONDS'],
];

export const isProjected = (table: GlueTable): boolean => table.Parameters?.['projection.enabled']?.toLowerCase() === 'true';

/**
 * The partitions that a table's parameters describe instead of the catalogue (Athena user guide, "Partition projection"):
 * every combination of the keys' values, whether its folder exists or not.
 */
export function projectedPartitions(table: GlueTable, now = new Date()): GluePartition[] {
  const name = `${table.DatabaseName ?? ''}.${table.Name}`;
  const keys = (table.PartitionKeys ?? []).map(({ Name }) => Name.toLowerCase());
  const values = keys.map((key) => new ProjectedKey(name, key, table.Parameters ?? {}).values(now));
  const count = values.reduce((product, one) => product * one.length, 1);
  if (count > MAX_PARTITIONS) {
    throw notSupported(`table ${name}: a projection of ${count} partitions (more than ${MAX_PARTITIONS})`);
  }
  return values.reduce<string[][]>((all, one) => all.flatMap((head) => one.map((value) => [...head, value])), [[]])
    .map((one) => ({ Values: one, StorageDescriptor: { Location: locationOf(table, keys, one) } }));
}

function locationOf(table: GlueTable, keys: readonly string[], values: readonly string[]): string {
  const template = table.Parameters?.['storage.location.template'];
  if (template === undefined) {
    return `${(table.StorageDescriptor?.Location ?? '').replace(/\/?$/, '/')}${keys.map((key, i) => `${key}=${values[i]}/`).join('')}`;
  }
  return template.replace(/\$\{([^}]+)\}/g, (_, key: string) => {
    const i = keys.indexOf(key.toLowerCase());
    if (i < 0) {
      throw new AthenaQueryError('INVALID_TABLE_PROPERTY', `storage.location.template of ${table.Name} names \${${key}}, the partition keys are ${keys.join(', ')}`);
    }
    return values[i];
  });
}

/** `projection.<key>.*`. */
class ProjectedKey {
  constructor(private readonly table: string, private readonly key: string, private readonly parameters: Readonly<Record<string, string>>) {}

  values(now: Date): string[] {
    const type = this.required('type').toLowerCase();
    switch (type) {
      case 'enum': return this.required('values').split(',').map((value) => value.trim());
      case 'integer': return this.integers();
      case 'date': return this.dates(now);
      case 'injected': throw notSupported(`table ${this.table}: the injected projection of ${this.key}`);
      default: return this.invalid('type', 'enum, integer, date or injected');
    }
  }

  private integers(): string[] {
    const [first, last] = this.range().map(Number);
    const interval = Number(this.optional('interval') ?? 1);
    if (![first, last, interval].every(Number.isSafeInteger) || interval < 1 || (last - first) / interval > MAX_PARTITIONS) {
      this.invalid('range', 'two integers, and an interval of 1 or more');
    }
    const digits = Number(this.optional('digits') ?? 0);
    const found: string[] = [];
    for (let value = first; value <= last; value += interval) {
      found.push(String(value).padStart(digits, '0'));
    }
    return found;
  }

  private dates(now: Date): string[] {
    const format = this.required('format');
    const fields = FIELDS.filter(([field]) => format.includes(field));
    if (/[A-Za-z]/.test(fields.reduce((rest, [field]) => rest.replace(field, ''), format.replace(/'[^']*'/g, ''))) || fields.length === 0) {
      throw notSupported(`table ${this.table}: the date format ${format} of ${this.key} (made of yyyy, MM, dd, HH, mm and ss is)`);
    }
    const [first, last] = this.range().map((text) => this.moment(text, format, now));
    const finest = fields[fields.length - 1][2];
    const unit = (this.optional('interval.unit')?.toUpperCase() ?? finest) as Unit;
    const interval = Number(this.optional('interval') ?? 1);
    const found = new Set<string>();
    for (let step = 0, at = first; at <= last && step <= MAX_PARTITIONS; step++, at = add(first, step * interval, unit)) {
      found.add(dateText(at, format));
    }
    return [...found];
  }

  private range(): [string, string] {
    const parts = this.required('range').split(',').map((part) => part.trim());
    return parts.length === 2 ? [parts[0], parts[1]] : this.invalid('range', 'a first and a last value');
  }

  private moment(text: string, format: string, now: Date): Date {
    const relative = /^NOW\s*(?:([+-])\s*(\d+)\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?)?$/i.exec(text);
    if (relative) {
      const [, sign, count, unit] = relative;
      return unit === undefined ? now : add(now, Number(`${sign}${count}`), `${unit.toUpperCase()}S` as Unit);
    }
    const order: string[] = [];
    const pattern = format.replace(/'([^']*)'|yyyy|MM|dd|HH|mm|ss|[^\w]/g, (part, quoted?: string) => {
      const field = FIELDS.find(([known]) => known === part);
      order.push(...field ? [field[0]] : []);
      return field ? `(\\d{${field[1]}})` : (quoted ?? part).replace(/[^\w]/g, '\\$&');
    });
    const match = new RegExp(`^${pattern}$`).exec(text) ?? this.invalid('range', `dates as ${format}, or NOW`);
    const part = (field: string, otherwise: number) => (order.includes(field) ? Number(match[order.indexOf(field) + 1]) : otherwise);
    return new Date(Date.UTC(part('yyyy', 1970), part('MM', 1) - 1, part('dd', 1), part('HH', 0), part('mm', 0), part('ss', 0)));
  }

  private optional(property: string): string | undefined {
    return this.parameters[`projection.${this.key}.${property}`];
  }

  private required(property: string): string {
    return this.optional(property) ?? this.invalid(property, 'a value');
  }

  private invalid(property: string, expected: string): never {
    throw new AthenaQueryError('INVALID_TABLE_PROPERTY', `table ${this.table}: projection.${this.key}.${property} must be ${expected}, got ${this.optional(property) ?? 'none'}`);
  }
}

function add(from: Date, count: number, unit: Unit): Date {
  if (unit === 'YEARS' || unit === 'MONTHS') {
    const to = new Date(from);
    to.setUTCMonth(to.getUTCMonth() + count * (unit === 'YEARS' ? 12 : 1));
    return to;
  }
  return new Date(from.getTime() + count * MILLIS[unit]);
}

function dateText(date: Date, format: string): string {
  const [, year, month, day, hour, minute, second] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/.exec(date.toISOString()) ?? [];
  const fields: Readonly<Record<string, string>> = { yyyy: year, MM: month, dd: day, HH: hour, mm: minute, ss: second };
  return format.replace(/'([^']*)'|yyyy|MM|dd|HH|mm|ss/g, (part, quoted?: string) => quoted ?? fields[part]);
}
