import { addExtractOptions } from './common-options';
import { forSources } from './run';
import { Verb } from './verb';

export const invoke: Verb = {
  name: 'invoke',
  summary: 'extract sources only: the Lambda function, without the table',
  arguments: '[source...]',
  argumentHelp: 'sources to extract (default: all)',
  examples: [
    'datalake invoke --local users   on this machine',
    'datalake invoke users           the deployed function',
  ],
  options: addExtractOptions,
  run: (context, names) => forSources(context, names, { catalogue: false }),
};
