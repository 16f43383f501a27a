import { LocalCatalog } from '../../../cli/catalog';

test.each(['../x', 'Upper', 'a/b', ''])('"%s" is no database name', (name) => {
  expect(() => new LocalCatalog('nowhere').listTables(name)).toThrow(`"${name}" is not a database name`);
});
