import { execute, Json, lambda, machine, pass, TestFunction } from './support';
import { CommandError } from '../../../cli/errors';

async function problemsOf(definition: unknown): Promise<string[]> {
  const { integrations, calls } = new TestFunction();
  const error = await execute(definition, {}, { integrations }).then(() => undefined, (thrown: CommandError) => thrown);
  expect(calls).toEqual([]);
  expect(error).toMatchObject({ code: 'WORKFLOW_UNSUPPORTED' });
  return error!.details.problems as string[];
}

const processor = (states: Json, more: Json = {}) => ({ StartAt: 'I', States: states, ...more });

test.each<[string, Json, RegExp]>([
  ['a type', { Type: 'Loop', End: true }, /state "S": type "Loop" is not supported; these are: Pass, Task/],
  ['JSONPath in a state', { Type: 'Pass', QueryLanguage: 'JSONPath', End: true }, /state "S": query language "JSONPath" is not supported/],
  ['a field of JSONPath', { Type: 'Pass', Parameters: {}, End: true }, /state "S": Parameters is not supported/],
  ['a resource', { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', End: true }, /resource "arn:aws:states:::sqs:sendMessage" is not supported; these are: lambda:invoke/],
  ['a function by its ARN', { Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:000000000000:function:f', End: true }, /is not supported/],
  ['a callback', { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', End: true }, /is not supported/],
  ['a task without a resource', { Type: 'Task', End: true }, /Resource is missing/],
  ['an argument', { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f', Qualifier: '1' }, End: true }, /argument Qualifier is not supported here; these are: FunctionName, Payload/],
  ['a missing argument', { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: {}, End: true }, /argument FunctionName is missing/],
  ['a heartbeat', lambda({}, { HeartbeatSeconds: 1 }), /HeartbeatSeconds is not supported/],
  ['a reader of items', { Type: 'Map', ItemReader: {}, ItemProcessor: processor({ I: pass(1) }), End: true }, /ItemReader is not supported/],
  ['tolerance of an inline map', { Type: 'Map', ToleratedFailureCount: 1, ItemProcessor: processor({ I: pass(1) }), End: true }, /ToleratedFailureCount count in DISTRIBUTED mode only/],
  ['a state that leads nowhere', { Type: 'Pass' }, /state "S": expected "Next", or "End": true/],
  ['a next state that is not there', { Type: 'Pass', Next: 'X' }, /state "S": Next names no state of its flow: "X"/],
  ['a rule that leads nowhere', { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'X' }] }, /state "S", Choices\[0\]: Next names no state/],
  ['a default that leads nowhere', { Type: 'Choice', Choices: [], Default: 'X' }, /Default names no state/],
  ['a catcher that leads nowhere', lambda({}, { Catch: [{ ErrorEquals: ['A'], Next: 'X' }] }), /Catch\[0\]: Next names no state/],
  ['a wildcard before others', lambda({}, { Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] }), /Retry\[0\]: States\.ALL stands alone, and last/],
  ['an error that Step Functions does not have', lambda({}, { Retry: [{ ErrorEquals: ['States.Failed'] }] }), /States\.Failed can never match/],
  ['a wait for nothing', { Type: 'Wait', End: true }, /expected either "Seconds" or "Timestamp"/],
  ['an expression that is none', { Type: 'Pass', Output: { a: ['{% 1 + %}'] }, End: true }, /state "S", Output\/a\/0: "1 \+" is no JSONata/],
  ['an expression that is not closed', { Type: 'Pass', Output: '{% 1', End: true }, /does not end with %}/],
  ['an assignment to $states', { Type: 'Pass', Assign: { states: 1 }, End: true }, /"states", which is reserved/],
])('refuses %s', async (_what, state, problem) => {
  expect(await problemsOf(machine({ S: state }))).toEqual([expect.stringMatching(problem)]);
});

test('refuses a machine of JSONPath by its name', async () => {
  expect(await problemsOf({ StartAt: 'S', States: { S: pass(1) } })).toEqual([expect.stringMatching(/query language is JSONPath: only JSONata/)]);
});

test('refuses what is no definition', async () => {
  expect(await problemsOf('S')).toEqual(['the definition is no JSON object: "S"']);
  expect(await problemsOf({ QueryLanguage: 'JSONata', StartAt: 'S', States: { S: pass(1) }, Extra: 1 })).toEqual([expect.stringMatching(/Extra is not supported/)]);
});

test('looks into branches and iterations', async () => {
  const wrong = { I: { Type: 'Pass', Next: 'S' } };
  expect(await problemsOf(machine({ S: { Type: 'Parallel', Branches: [processor(wrong)], End: true } }))).toEqual([expect.stringMatching(/state "I": Next names no state of its flow: "S"/)]);
  expect(await problemsOf(machine({ S: { Type: 'Map', ItemProcessor: processor(wrong), End: true } }))).toEqual([expect.stringMatching(/state "I": Next names no state/)]);
});

test('a variable of the flow around is not assigned in an iteration, except in a distributed one', async () => {
  const assigning = (config: Json) => machine({
    S: { Type: 'Pass', Assign: { x: 1 }, Next: 'M' },
    M: { Type: 'Map', Items: [1], ItemProcessor: processor({ I: { Type: 'Pass', Assign: { x: 2 }, End: true } }, config), End: true },
  });
  expect(await problemsOf(assigning({}))).toEqual([expect.stringMatching(/Assign of "x", which belongs to the flow around it/)]);
  expect((await execute(assigning({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } }))).outcome.status).toBe('SUCCEEDED');
});

test('tells all problems at once', async () => {
  expect(await problemsOf(machine({ S: { Type: 'Pass' }, T: { Type: 'Loop' } }))).toHaveLength(2);
});

test('arguments that an expression makes are checked when they are known', async () => {
  const definition = machine({ S: lambda({}, { Arguments: "{% {'Function': 'f'} %}", Catch: [{ ErrorEquals: ['States.ALL'], Next: 'E' }] }), E: pass(1) });
  await expect(execute(definition)).rejects.toMatchObject({ code: 'WORKFLOW_UNSUPPORTED', message: expect.stringMatching(/state "S".*argument Function is not supported/) as string });
});
