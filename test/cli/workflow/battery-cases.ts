import { Json, lambda, machine, pass } from './support';

/**
 * Answers that the developer guide and the states language specification give. `output` or `error`, never both; what is not named is not
 * compared.
 */
export interface Case {
  readonly name: string;
  readonly definition: Json;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: RegExp;
  readonly calls?: number;
}

const task = (more: Json) => lambda({}, more);
const map = (items: unknown, states: Json, more: Json = {}, mode = 'INLINE') => machine({
  S: { Type: 'Map', Items: items, ItemProcessor: { ProcessorConfig: { Mode: mode, ...(mode === 'INLINE' ? {} : { ExecutionType: 'STANDARD' }) }, StartAt: 'I', States: states }, End: true, ...more },
  E: pass('{% $states.input %}'),
});
const distributed = (items: unknown, states: Json, more: Json = {}) => map(items, states, more, 'DISTRIBUTED');
const branches = (...states: Json[]) => states.map((I) => ({ StartAt: 'I', States: { I } }));
const choice = (choices: Json[], more: Json = {}) => machine({ S: { Type: 'Choice', Choices: choices, ...more }, A: pass('a'), B: pass('b'), V: pass('{% $v %}') });
const caught = (error: string, matched: string) =>
  machine({ S: lambda({ throw: error }, { Catch: [{ ErrorEquals: [matched], Next: 'E' }] }), E: pass('{% $states.input.Error %}') });

const DATA: Case[] = [
  { name: 'a Pass without Output gives its input', definition: machine({ S: { Type: 'Pass', End: true } }), input: { a: 1 }, output: { a: 1 } },
  { name: 'a Succeed shapes its output', definition: machine({ S: { Type: 'Succeed', Output: { b: '{% $states.input.a %}' } } }), input: { a: 1 }, output: { b: 1 } },
  { name: 'expressions stand anywhere in a template', definition: machine({ S: pass({ a: ['{% $states.input.n + 1 %}', 'plain'], b: { c: null } }) }), input: { n: 1 }, output: { a: [2, 'plain'], b: { c: null } } },
  { name: 'a string that only holds an expression is text', definition: machine({ S: pass('n is {% 1 %}') }), output: 'n is {% 1 %}' },
  { name: 'a variable is read by later states', definition: machine({ S: { Type: 'Pass', Assign: { x: '{% $states.input.a + 1 %}' }, Next: 'M' }, M: { Type: 'Pass', Output: 0, Next: 'E' }, E: pass('{% $x %}') }), input: { a: 1 }, output: 2 },
  { name: 'Assign and Output see the variables of before', definition: machine({ S: { Type: 'Pass', Assign: { x: 1, y: 2 }, Next: 'M' }, M: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% $x %}', Next: 'E' }, E: pass('{% [$states.input, $x, $y] %}') }), output: [1, 2, 1] },
  { name: 'a value of null is a value', definition: machine({ S: pass('{% $states.input.a %}') }), input: { a: null }, output: null },
  { name: 'an expression that gives nothing is an error', definition: machine({ S: pass('{% $states.input.nope %}') }), error: 'States.QueryEvaluationError', cause: /'\$states\.input\.nope' specified for the field 'Output' returned nothing/ },
  { name: 'a variable that was never assigned is an error', definition: machine({ S: pass('{% $nope %}') }), error: 'States.QueryEvaluationError' },
  { name: 'an expression that throws is an error', definition: machine({ S: pass("{% 1 + 'a' %}") }), error: 'States.QueryEvaluationError', cause: /T2002: .*\+/ },
  { name: 'a function is no output', definition: machine({ S: pass('{% function($x){$x} %}') }), error: 'States.QueryEvaluationError', cause: /a function/ },
  { name: 'an expression that never ends is an error', definition: machine({ S: pass('{% ($f := function($n){1 + $f($n + 1)}; $f(1)) %}') }), error: 'States.QueryEvaluationError' },
  { name: 'the task gets its Arguments, and its result is the output', definition: machine({ S: lambda({ n: '{% $states.input.a %}' }, { Output: '{% $states.result %}' }) }), input: { a: 7 }, output: { StatusCode: 200, Payload: { n: 7 } } },
  { name: 'input that is too large', definition: machine({ S: pass(1) }), input: 'x'.repeat(262_143), error: 'States.DataLimitExceeded' },
  { name: 'input as large as can be', definition: machine({ S: pass(1) }), input: 'x'.repeat(262_142), output: 1 },
  { name: 'a result of more than 256 KiB', definition: machine({ S: lambda({ big: 300_000 }, { Output: 1 }) }), error: 'States.DataLimitExceeded' },
  { name: 'an output of more than 256 KiB, in bytes of UTF-8', definition: machine({ S: pass("{% $pad('', 131072, 'ä') %}") }), error: 'States.DataLimitExceeded' },
  { name: 'a variable of more than 256 KiB', definition: machine({ S: { Type: 'Pass', Assign: { x: "{% $pad('', 262200, 'x') %}" }, Output: 1, End: true } }), error: 'States.DataLimitExceeded' },
  { name: 'States.ALL does not catch too much data', definition: machine({ S: lambda({ big: 300_000 }, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'E' }] }), E: pass(1) }), error: 'States.DataLimitExceeded' },
];

const CONTEXT: Case[] = [
  { name: 'the execution: its name, id, input', definition: machine({ S: pass('{% $states.context.Execution.[Name, Id, Input.a] %}') }), input: { a: 1 }, output: ['run-1', 'arn:aws:states:us-east-1:000000000000:execution:users:run-1', 1] },
  { name: 'the state machine', definition: machine({ S: pass('{% $states.context.StateMachine.Name %}') }), output: 'users' },
  { name: 'the state: its name and times', definition: machine({ S: pass('{% [$states.context.State.Name, $exists($states.context.State.EnteredTime), $toMillis($states.context.Execution.StartTime) > 0] %}') }), output: ['S', true, true] },
  { name: 'the number of retries so far', definition: machine({ S: lambda({ throw: "{% $states.context.State.RetryCount < 2 ? 'Z' : '' %}", n: '{% $states.context.State.RetryCount %}' }, { Retry: [{ ErrorEquals: ['Z'] }], Output: '{% $states.result.Payload.n %}' }) }), output: 2, calls: 3 },
];

const CHOICES: Case[] = [
  { name: 'the first rule that holds', definition: choice([{ Condition: '{% $states.input.n > 5 %}', Next: 'A' }, { Condition: '{% $states.input.n > 2 %}', Next: 'B' }]), input: { n: 3 }, output: 'b' },
  { name: 'the default', definition: choice([{ Condition: '{% false %}', Next: 'A' }], { Default: 'B' }), output: 'b' },
  { name: 'no rule holds and there is no default', definition: choice([{ Condition: '{% false %}', Next: 'A' }]), error: 'States.NoChoiceMatched' },
  { name: 'a condition that is no boolean', definition: choice([{ Condition: '{% 1 %}', Next: 'A' }], { Default: 'B' }), error: 'States.QueryEvaluationError' },
  { name: 'a rule assigns', definition: choice([{ Condition: '{% true %}', Assign: { v: 'rule' }, Next: 'V' }], { Assign: { v: 'state' }, Default: 'V' }), output: 'rule' },
  { name: "the state's Assign is the default's", definition: choice([{ Condition: '{% false %}', Assign: { v: 'rule' }, Next: 'V' }], { Assign: { v: 'state' }, Default: 'V' }), output: 'state' },
];

const ERRORS: Case[] = [
  { name: 'Fail with text', definition: machine({ S: { Type: 'Fail', Error: 'E', Cause: 'because' } }), error: 'E', cause: /^because$/ },
  { name: 'Fail with expressions', definition: machine({ S: { Type: 'Fail', Error: "{% 'E' & 1 %}", Cause: '{% $states.input.why %}' } }), input: { why: 'so' }, error: 'E1', cause: /^so$/ },
  { name: 'an error by its name', definition: caught('MyErr', 'MyErr'), output: 'MyErr' },
  { name: 'names are case-sensitive', definition: caught('MyErr', 'myerr'), error: 'MyErr' },
  { name: 'States.ALL', definition: caught('MyErr', 'States.ALL'), output: 'MyErr' },
  { name: 'States.TaskFailed is a wildcard too', definition: caught('MyErr', 'States.TaskFailed'), output: 'MyErr' },
  { name: 'States.TaskFailed leaves a timeout alone', definition: machine({ S: lambda({ sleep: 5_000 }, { TimeoutSeconds: 1, Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'E' }] }), E: pass(1) }), error: 'States.Timeout' },
  { name: 'a timeout is caught by its name, and the limit may be computed', definition: machine({ S: lambda({ sleep: 5_000 }, { TimeoutSeconds: '{% 1 %}', Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'E' }] }), E: pass('late') }), output: 'late' },
  { name: 'States.Runtime is never caught', definition: machine({ S: lambda({ throw: 'States.Runtime' }, { Catch: [{ ErrorEquals: ['States.Runtime'], Next: 'E' }] }), E: pass(1) }), error: 'States.Runtime' },
  { name: 'the first catcher that matches', definition: machine({ S: lambda({ throw: 'Z' }, { Catch: [{ ErrorEquals: ['A'], Next: 'E' }, { ErrorEquals: ['B', 'Z'], Next: 'F' }, { ErrorEquals: ['States.ALL'], Next: 'E' }] }), E: pass('e'), F: pass('f') }), output: 'f' },
  { name: 'a catcher shapes what follows', definition: machine({ S: lambda({ throw: 'Z' }, { Catch: [{ ErrorEquals: ['Z'], Assign: { why: '{% $parse($states.errorOutput.Cause).errorMessage %}' }, Output: '{% $states.errorOutput.Error & $states.input.a %}', Next: 'E' }] }), E: pass('{% $states.input & $why %}') }), input: { a: 1 }, output: 'Z1boom' },
  { name: 'an expression of the task that fails is caught', definition: machine({ S: task({ Output: '{% $states.result.nope %}', Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'E' }] }), E: pass('{% $states.input.Error %}') }), output: 'States.QueryEvaluationError' },
  { name: 'there is no result in a catcher', definition: machine({ S: lambda({ throw: 'Z' }, { Catch: [{ ErrorEquals: ['Z'], Output: '{% $exists($states.result) %}', Next: 'E' }] }), E: pass('{% $states.input %}') }), output: false },
  { name: 'a retry that helps', definition: machine({ S: lambda({ flaky: 3 }, { Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2, MaxDelaySeconds: 2, JitterStrategy: 'FULL' }] }) }), output: 3, calls: 3 },
  { name: 'retries used up', definition: machine({ S: lambda({ throw: 'Z' }, { Retry: [{ ErrorEquals: ['Z'], MaxAttempts: 2 }] }) }), error: 'Z', calls: 3 },
  { name: 'three retries when no number is given', definition: machine({ S: lambda({ throw: 'Z' }, { Retry: [{ ErrorEquals: ['Z'] }] }) }), error: 'Z', calls: 4 },
  { name: 'MaxAttempts 0 never retries', definition: machine({ S: lambda({ throw: 'Z' }, { Retry: [{ ErrorEquals: ['Z'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }] }) }), error: 'Z', calls: 1 },
  { name: 'Catch follows Retry', definition: machine({ S: lambda({ throw: 'Z' }, { Retry: [{ ErrorEquals: ['Z'], MaxAttempts: 1 }], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'E' }] }), E: pass('caught') }), output: 'caught', calls: 2 },
  { name: 'entering the state again starts the count again', definition: machine({ S: { Type: 'Pass', Assign: { n: 0 }, Next: 'T' }, T: lambda({ throw: 'Z' }, { Retry: [{ ErrorEquals: ['Z'], MaxAttempts: 1 }], Catch: [{ ErrorEquals: ['Z'], Next: 'C', Assign: { n: '{% $n + 1 %}' } }] }), C: { Type: 'Choice', Choices: [{ Condition: '{% $n < 3 %}', Next: 'T' }], Default: 'E' }, E: pass('{% $n %}') }), output: 3, calls: 6 },
];

const NESTED: Case[] = [
  { name: 'a map keeps the order', definition: map('{% [3, 2, 1] %}', { I: lambda({ sleep: '{% $states.input * 10 %}', n: '{% $states.input %}' }, { Output: '{% $states.result.Payload.n %}' }) }), output: [3, 2, 1] },
  { name: 'ItemSelector sees the item and its index', definition: map('{% [5, 6] %}', { I: pass('{% $states.input %}') }, { ItemSelector: { i: '{% $states.context.Map.Item.Index %}', v: '{% $states.context.Map.Item.Value %}', a: '{% $states.input.a %}' } }), input: { a: 1 }, output: [{ i: 0, v: 5, a: 1 }, { i: 1, v: 6, a: 1 }] },
  { name: 'an inline iteration sees its item in the context', definition: map('{% [5] %}', { I: pass('{% $states.context.Map.Item.Value %}') }), output: [5] },
  { name: 'a map over its input', definition: machine({ S: { Type: 'Map', ItemProcessor: { StartAt: 'I', States: { I: pass('{% $states.input * 2 %}') } }, End: true } }), input: [1, 2], output: [2, 4] },
  { name: 'a map over nothing', definition: map('{% [] %}', { I: pass(1) }), output: [] },
  { name: 'a map over what is no array', definition: map('{% {"a": 1} %}', { I: pass(1) }), error: 'States.QueryEvaluationError' },
  { name: 'an iteration that fails fails an inline map with its error', definition: map('{% [1] %}', { I: lambda({ throw: 'Q' }) }, { Catch: [{ ErrorEquals: ['Q'], Next: 'E', Output: 'caught' }] }), output: 'caught' },
  { name: 'a map is retried as a whole', definition: map('{% [1, 2] %}', { I: lambda({ flaky: 2 }) }, { MaxConcurrency: 1, Retry: [{ ErrorEquals: ['Flaky'] }] }), output: [2, 3], calls: 3 },
  { name: 'a Fail state in an iteration', definition: map('{% [1] %}', { I: { Type: 'Fail', Error: 'F' } }), error: 'F' },
  { name: 'a Succeed state ends the iteration, not the map', definition: map('{% [1, 2] %}', { I: { Type: 'Succeed', Output: 'x' } }), output: ['x', 'x'] },
  { name: 'variables around an inline map are read in it', definition: machine({ S: { Type: 'Pass', Assign: { x: 9 }, Next: 'M' }, M: { Type: 'Map', Items: [1], ItemProcessor: { StartAt: 'I', States: { I: pass('{% $x %}') } }, End: true } }), output: [9] },
  { name: 'variables of an iteration end with it', definition: machine({ S: { Type: 'Map', Items: [1, 2], MaxConcurrency: 1, ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Pass', Output: '{% $exists($y) %}', Assign: { y: 1 }, End: true } } }, Next: 'E' }, E: pass('{% [$states.input, $exists($y)] %}') }), output: [false, false, false] },
  { name: 'branches in their order', definition: machine({ S: { Type: 'Parallel', Branches: branches(lambda({ sleep: 30, n: 1 }, { Output: 1 }), pass('{% $states.input.a %}')), End: true } }), input: { a: 2 }, output: [1, 2] },
  { name: 'Arguments are the input of the branches', definition: machine({ S: { Type: 'Parallel', Arguments: { b: 1 }, Branches: branches(pass('{% $states.input %}')), End: true } }), output: [{ b: 1 }] },
  { name: 'a branch that fails', definition: machine({ S: { Type: 'Parallel', Branches: branches(lambda({ throw: 'P' }), pass(1)), Catch: [{ ErrorEquals: ['P'], Next: 'E' }], End: true }, E: pass('caught') }), output: 'caught' },
  { name: 'an item of a distributed map is an execution of its own', definition: distributed([{ n: 1 }, { n: 2 }], { I: pass('{% $states.context.Execution.Input.n * 10 %}') }), output: [10, 20] },
  { name: 'a distributed map does not see the variables around it', definition: machine({ S: { Type: 'Pass', Assign: { x: 9 }, Next: 'M' }, M: { Type: 'Map', Items: [1], ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'I', States: { I: pass('{% $exists($x) %}') } }, End: true } }), output: [false] },
  { name: 'a distributed map tolerates no failure by itself', definition: distributed([1, 2], { I: lambda({ throw: 'E1' }) }), error: 'States.ExceedToleratedFailureThreshold', cause: /E1/ },
  { name: 'a share of failures that is tolerated', definition: distributed([1, 2, 3, 4], { I: lambda({ throw: "{% $states.input <= 2 ? 'E1' : '' %}", n: '{% $states.input %}' }, { Output: '{% $states.input %}' }) }, { ToleratedFailurePercentage: 50 }), output: [3, 4] },
  { name: 'a share of failures that is too large', definition: distributed([1, 2, 3, 4], { I: lambda({ throw: "{% $states.input <= 3 ? 'E1' : '' %}" }) }, { ToleratedFailurePercentage: 50 }), error: 'States.ExceedToleratedFailureThreshold' },
  { name: 'a distributed map that has failed too often begins no further item (AWS may begin some)', definition: distributed([1, 2, 3, 4], { I: lambda({ throw: 'E1' }) }, { MaxConcurrency: 1, ToleratedFailurePercentage: 25 }), error: 'States.ExceedToleratedFailureThreshold', calls: 2 },
  { name: 'a number of failures that is tolerated', definition: distributed([1, 2], { I: lambda({ throw: "{% $states.input = 1 ? 'E1' : '' %}" }, { Output: 'ok' }) }, { ToleratedFailureCount: 1 }), output: ['ok'] },
  { name: 'the lower of two limits counts', definition: distributed([1, 2, 3, 4], { I: lambda({ throw: "{% $states.input <= 2 ? 'E1' : '' %}" }) }, { ToleratedFailureCount: 1, ToleratedFailurePercentage: 50 }), error: 'States.ExceedToleratedFailureThreshold' },
];

export const BATTERY: readonly [subject: string, cases: readonly Case[]][] = [
  ['data', DATA], ['context', CONTEXT], ['choices', CHOICES], ['errors', ERRORS], ['maps and branches', NESTED],
];
