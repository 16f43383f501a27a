import { addAppOptions } from './common-options';
import { lazy } from './lazy';
import { selectPipelines } from './select';
import { Verb } from './verb';

export const doctor: Verb = {
  name: 'doctor',
  summary: 'look for what a deployment would fail on, before it does',
  examples: ['datalake doctor   whether Lake Formation lets the deploying role grant, and a permission boundary lets roles work'],
  options: addAppOptions,
  run: async (context) => (await lazy.doctor()).doctor(selectPipelines(await context.model(), context.options)),
};
