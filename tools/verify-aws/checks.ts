import { Account, Ended } from './account';
import { Plan } from './plan';

/** One thing that is claimed of AWS. `got` is compared with `expected`, or says for itself. */
export interface Check {
  readonly what: string;
  readonly expected: string | RegExp;
  /** Whether only AWS can show it: where an emulator answers, its answer counts for nothing. */
  readonly onlyAws?: boolean;
  /** Whether nothing after it can be tried without it. */
  readonly needed?: boolean;
  readonly got: () => Promise<string>;
}

const COLUMNS = 'cell, dob, email, gender, id, location, login, name, nat, phone, picture, registered';

export function checks(account: Account, plan: Plan): Check[] {
  const table = (name: string) => `${plan.databaseName}.${name}`;
  return [
    { what: 'the example is synthesized', expected: 'ok', needed: true, got: async () => told(await account.synthesize(), () => 'ok') },
    { what: 'doctor finds nothing that a deployment would fail on', expected: 'ok', got: async () => told(await account.doctor(), () => 'ok') },
    { what: 'the CDK deploys the stack', expected: 'ok', needed: true, got: async () => told(await account.deploy(), () => 'ok') },
    {
      what: 'who may run it runs it',
      expected: /^people [1-9]\d*, randomuser [1-9]\d*$/,
      needed: true,
      got: async () =>
        told(await account.datalake('run', [], 'operator'), ({ runs }) => runs.map((run: any) => `${run.source} ${run.records}`).sort().join(', ')),
    },
    { what: 'and queries what it brought', expected: /^[1-9]\d*$/, got: () => asked(account, `SELECT count(*) FROM ${table('randomuser')}`) },
    {
      what: 'the crawler classifies the files',
      expected: 'json by org.openx.data.jsonserde.JsonSerDe',
      onlyAws: true,
      got: async () => {
        const { Parameters, StorageDescriptor } = await account.table('randomuser');
        return `${Parameters?.classification} by ${StorageDescriptor?.SerdeInfo?.SerializationLibrary}`;
      },
    },
    {
      what: 'the crawler finds the columns',
      expected: COLUMNS,
      onlyAws: true,
      got: async () =>
        (await account.table('randomuser')).StorageDescriptor?.Columns?.map(({ Name }) => Name).sort().join(', ') ?? '',
    },
    { what: 'the workflow fills an Iceberg table by MERGE', expected: /^[1-9]\d*$/, onlyAws: true, got: () => asked(account, `SELECT count(*) FROM ${table('users')}`) },
    ...enforcement(account, table),
    ...iceberg(account, table),
  ];
}

type Named = (name: string) => string;

function enforcement(account: Account, table: Named): Check[] {
  return [
    { what: 'Lake Formation shows a principal its columns', expected: /^[1-9]\d*$/, onlyAws: true, got: () => account.query('partial', 'partialWorkgroup', `SELECT count(gender) FROM ${table('people')}`) },
    { what: 'and no other column', expected: /COLUMN_NOT_FOUND|cannot be resolved|[Ii]nsufficient/, onlyAws: true, got: () => account.query('partial', 'partialWorkgroup', `SELECT email FROM ${table('people')} LIMIT 1`) },
    { what: 'and no other table', expected: /TABLE_NOT_FOUND|does not exist|[Ii]nsufficient|not authorized/, onlyAws: true, got: () => account.query('partial', 'partialWorkgroup', `SELECT * FROM ${table('randomuser')} LIMIT 1`) },
    {
      what: 'a principal that only IAM lets in sees nothing',
      expected: /TABLE_NOT_FOUND|COLUMN_NOT_FOUND|does not exist|cannot be resolved|[Ii]nsufficient/,
      onlyAws: true,
      got: () =>
        account.query('outsider', 'workgroup', `SELECT gender FROM ${table('people')} LIMIT 1`),
    },
  ];
}

/** In the order in which one needs the other; the location `curated/` is registered. */
function iceberg(account: Account, table: Named): Check[] {
  const [made, copied] = [table('verified'), table('verified_copy')];
  const statement = (name: string, expected: string | RegExp, sql: (bucket: string) => string): Check => ({
    what: `Iceberg in a registered location: ${name}`, expected, onlyAws: true, got: async () => account.query('steward', 'workgroup', sql(await account.output('bucket'))),
  });
  return [
    statement('CREATE TABLE', 'done', (bucket) => `CREATE TABLE ${made} (id bigint, name string) LOCATION 's3://${bucket}/curated/verified/' TBLPROPERTIES ('table_type' = 'ICEBERG')`),
    statement('ADD COLUMNS', 'done', () => `ALTER TABLE ${made} ADD COLUMNS (seen string)`),
    statement('MERGE', /^(done|\d+)$/, () => `MERGE INTO ${made} AS t USING (VALUES (BIGINT '1', 'Ada', 'today'), (BIGINT '2', 'Bob', 'today')) AS s (id, name, seen) ON t.id = s.id
      WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT (id, name, seen) VALUES (s.id, s.name, s.seen)`),
    statement('CREATE TABLE AS', /^(done|\d+)$/, (bucket) => `CREATE TABLE ${copied} WITH (table_type = 'ICEBERG', is_external = false, location = 's3://${bucket}/curated/verified_copy/')
      AS SELECT * FROM ${made}`),
    statement('OPTIMIZE', 'done', () => `OPTIMIZE ${made} REWRITE DATA USING BIN_PACK`),
    statement('VACUUM', 'done', () => `VACUUM ${made}`),
    statement('what they wrote is there', '2 2', () => `SELECT (SELECT count(*) FROM ${made} WHERE seen = 'today'), (SELECT count(*) FROM ${copied})`),
    statement('DROP TABLE', 'done', () => `DROP TABLE ${copied}`),
  ];
}

/** By `datalake`, as who may run the pipeline. */
const asked = async (account: Account, sql: string) =>
  told(await account.datalake('query', [sql], 'operator'), ({ rows }) => rows.map((row: string[]) => row.join(' ')).join(', '));

/** What a command answered; why it failed, where it failed. */
function told(ended: Ended & { readonly answer?: any }, answer: (answer: any) => string): string {
  return ended.ok ? answer(ended.answer) : ended.answer?.error?.message ?? lastWords(ended);
}

const lastWords = ({ stdout, stderr }: Ended): string =>
  `${stdout}\n${stderr}`.split('\n').filter((line) => /FAILED|rror|❌/.test(line)).slice(-5).join(' | ') || 'it failed without a word';
