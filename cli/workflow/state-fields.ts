import { StateType } from './asl';

const EVERYWHERE = ['Type', 'Comment', 'QueryLanguage'];
const ONWARD = [...EVERYWHERE, 'Output', 'Assign', 'Next', 'End'];
const HANDLED = ['Retry', 'Catch'];

/** What a state may hold, by type. */
export const STATE_FIELDS: Readonly<Record<StateType, readonly string[]>> = {
  Pass: ONWARD,
  Task: [...ONWARD, ...HANDLED, 'Resource', 'Arguments', 'TimeoutSeconds'],
  Choice: [...EVERYWHERE, 'Output', 'Assign', 'Choices', 'Default'],
  Wait: [...ONWARD, 'Seconds', 'Timestamp'],
  Map: [...ONWARD, ...HANDLED, 'Items', 'ItemSelector', 'ItemProcessor', 'MaxConcurrency', 'ToleratedFailureCount', 'ToleratedFailurePercentage', 'Label'],
  Parallel: [...ONWARD, ...HANDLED, 'Branches', 'Arguments'],
  Succeed: [...EVERYWHERE, 'Output'],
  Fail: [...EVERYWHERE, 'Error', 'Cause'],
};

export const REQUIRED_FIELDS: Readonly<Partial<Record<StateType, readonly string[]>>> = {
  Task: ['Resource'],
  Choice: ['Choices'],
  Map: ['ItemProcessor'],
  Parallel: ['Branches'],
};

export const MACHINE_FIELDS = ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version'];
export const FLOW_FIELDS = ['Comment', 'QueryLanguage', 'StartAt', 'States'];
export const RULE_FIELDS = ['Condition', 'Next', 'Output', 'Assign', 'Comment'];
export const RETRIER_FIELDS = ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'Comment'];
export const CATCHER_FIELDS = ['ErrorEquals', 'Next', 'Output', 'Assign', 'Comment'];

/** Fields whose strings are plain text, never expressions. */
export const PLAIN_FIELDS = ['Type', 'Comment', 'QueryLanguage', 'Resource', 'Next', 'Default', 'StartAt', 'Label'];
