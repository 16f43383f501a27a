import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCRIPTS } from './scripts';
import { asQueryType } from '../../../../cli/athena/write/change-rows';
import { trinoName } from '../../../../cli/athena/write/store-type';
import { parseHiveType } from '../../../../src/spec/hive-type';
import { Trino, TrinoAnswer } from '../../../support/trino';

/**
 * Asks a real Trino 483 for the answers that `answers.json` holds: `TRINO_URL=$(.ci/trino/server start FOLDER) npx jest test/cli/athena/write`;
 * with TRINO_RECORD=1 its answers are written instead of compared.
 */
const { TRINO_URL, TRINO_RECORD } = process.env;
const ANSWERS = join(__dirname, 'answers.json');
const withTrino = TRINO_URL === undefined ? describe.skip : describe;

withTrino('Trino 483 gives the recorded answers (set TRINO_URL to ask it)', () => {
  const trino = new Trino(TRINO_URL ?? '', 'ice', 'writes');
  const given: Record<string, TrinoAnswer[]> = {};

  beforeAll(() => trino.answer('CREATE SCHEMA IF NOT EXISTS ice.writes'));

  test.each(Object.entries(SCRIPTS))('%s', async (name, { tables, steps }) => {
    for (const table of [...Object.keys(tables), 'c', 'types', 'none', 'ordered']) {
      await trino.answer(`DROP TABLE IF EXISTS ${table}`);
    }
    for (const [table, columns] of Object.entries(tables)) {
      expect(await trino.answer(`CREATE TABLE ${table} (${trinoColumns(columns)})`)).toEqual({ count: null });
    }
    given[name] = [];
    for (const step of steps) {
      given[name].push(await trino.answer(typeof step === 'string' ? step : step.trino));
    }
    if (TRINO_RECORD !== '1') {
      expect(given[name]).toEqual((JSON.parse(readFileSync(ANSWERS, 'utf8')) as typeof given)[name]);
    }
  }, 120_000);

  afterAll(() => {
    if (TRINO_RECORD === '1') {
      const lines = Object.entries(given).map(([name, answers]) => `${JSON.stringify(name)}: [\n${answers.map((answer) => `  ${JSON.stringify(answer)}`).join(',\n')}\n]`);
      writeFileSync(ANSWERS, `{\n${lines.join(',\n')}\n}\n`);
    }
  });
});

/** `a int, b struct<x:int>` in Trino's words. */
const trinoColumns = (columns: string) => columns.split(/,\s+(?=\w+ )/).map((column) => {
  const [, name, type] = /^(\w+) (.*)$/.exec(column) ?? [];
  return `${name} ${trinoName(asQueryType(parseHiveType(type)))}`;
}).join(', ');
