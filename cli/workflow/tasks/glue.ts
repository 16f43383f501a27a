import { GLUE_OPERATIONS, GlueError, GlueServices } from '../../glue';
import { Integration, Integrations } from '../integrations';
import { StateError } from '../state-error';

/** Every operation of the local Glue, as `aws-sdk:glue:getTable`. */
export const glueTasks = (services: GlueServices): Integrations => Object.fromEntries(
  Object.entries(GLUE_OPERATIONS).map(([name, { required, optional, run }]): [string, Integration] => [
    `aws-sdk:glue:${name[0].toLowerCase()}${name.slice(1)}`,
    { required, optional, run: async ({ arguments: input }) => named(() => run(services, input)) },
  ]),
);

/** As Step Functions names a service's exception. */
async function named(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof GlueError ? new StateError(`Glue.${error.code}`, `${error.message} (Service: Glue, Status Code: 400)`) : error;
  }
}
