import { addAppOptions, addLakeOption, addLocalOption } from './common-options';
import { lazy } from './lazy';
import { databaseOf, selectOnePipeline, selectPipelines, unknown } from './select';
import { Verb } from './verb';
import { Pipeline, Statement } from '../assembly/lake-model';
import { UsageError } from '../errors';

export const query: Verb = {
  name: 'query',
  summary: "ask the tables in Athena's SQL",
  arguments: '[sql]',
  argumentHelp: 'a statement, in quotes',
  examples: [
    'datalake query --local "SELECT count(*) FROM users"   answered by DuckDB on this machine',
    'datalake query --named total_users                    a named query of the workgroup, in Athena',
  ],
  options: (command) => {
    command.option('--named <name>', 'a named query of the workgroup instead of SQL');
    addLocalOption(command);
    addLakeOption(command);
    addAppOptions(command);
  },
  run: async (context, [sql]) => {
    const { options, lake, emit } = context;
    const named = options.named as string | undefined;
    if ((sql === undefined) === (named === undefined)) {
      throw new UsageError('give either SQL in quotes or --named NAME', { hint: 'datalake query --local "SELECT count(*) FROM my_source"' });
    }
    const pipeline = selectOnePipeline(selectPipelines(await context.model(), options));
    const statement = sql === undefined ? namedQuery(pipeline, named ?? '') : { sql, database: databaseOf(pipeline) };
    return options.local
      ? (await lazy.localQuery()).queryLocally(pipeline, statement, { lake })
      : (await lazy.deployed()).queryDeployed(pipeline, statement, { emit });
  },
};

function namedQuery(pipeline: Pipeline, name: string): Statement {
  const found = pipeline.workgroup.queries.find((one) => one.name === name);
  if (found === undefined) {
    throw unknown('UNKNOWN_QUERY', `workgroup "${pipeline.workgroup.name}" has no named query "${name}"`, 'named queries', pipeline.workgroup.queries.map((one) => one.name));
  }
  return found;
}
