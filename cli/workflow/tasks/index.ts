import { Athena, athenaTasks } from './athena';
import { Executions, executionTasks } from './executions';
import { glueTasks } from './glue';
import { Functions, lambdaTasks } from './lambda';
import { messageTasks, Outbox } from './messages';
import { s3Tasks } from './s3';
import { GlueServices } from '../../glue';
import { Integrations } from '../integrations';

export type { ExecutionStatus } from './executions';
export type { Message } from './messages';

/** What tasks work with on this machine. */
export interface LocalServices {
  readonly functions: Functions;
  readonly glue: GlueServices;
  readonly athena: Athena;
  /** Endpoint of the local S3. */
  readonly s3: string;
  readonly outbox: Outbox;
  readonly executions: Executions;
}

export const localTasks = ({ functions, glue, athena, s3, outbox, executions }: LocalServices): Integrations => ({
  ...lambdaTasks(functions),
  ...glueTasks(glue),
  ...athenaTasks(athena),
  ...s3Tasks(s3),
  ...executionTasks(executions),
  ...messageTasks(outbox),
});
