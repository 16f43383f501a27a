/** Events as GetExecutionHistory answers them over HTTP: times in seconds, values as JSON texts. */
export class ExecutionEvents {
  readonly events: Record<string, unknown>[] = [];

  constructor(private readonly began = 1_700_000_000) {
    this.add('ExecutionStarted', {});
  }

  /** A task that ends well and assigns variables. */
  task(name: string, [resourceType, resource]: readonly [string, string], assigned: object = {}): this {
    return this.entered('Task', name).scheduled(resourceType, resource).add('TaskStarted', {})
      .add('TaskSucceeded', { taskSucceededEventDetails: { resourceType, resource, output: '{}' } })
      .exited('Task', name, assigned);
  }

  entered(kind: string, name: string): this {
    return this.add(`${kind}StateEntered`, { stateEnteredEventDetails: { name, input: '{}' } });
  }

  exited(kind: string, name: string, assigned: object = {}): this {
    const assignedVariables = Object.fromEntries(Object.entries(assigned).map(([variable, value]) => [variable, JSON.stringify(value)]));
    return this.add(`${kind}StateExited`, { stateExitedEventDetails: { name, output: '{}', assignedVariables } });
  }

  pass(name: string, assigned: object): this {
    return this.entered('Pass', name).exited('Pass', name, assigned);
  }

  scheduled(resourceType: string, resource: string): this {
    return this.add('TaskScheduled', { taskScheduledEventDetails: { resourceType, resource, region: 'eu-west-1', parameters: '{}' } });
  }

  failed(error: string, cause: string): this {
    return this.add('TaskFailed', { taskFailedEventDetails: { resourceType: 'lambda', resource: 'invoke', error, cause } });
  }

  succeeded(output: object): this {
    return this.add('ExecutionSucceeded', { executionSucceededEventDetails: { output: JSON.stringify(output) } });
  }

  endedWith(type: 'ExecutionFailed' | 'ExecutionAborted' | 'ExecutionTimedOut', details: object): this {
    return this.add(type, { [`${type[0].toLowerCase()}${type.slice(1)}EventDetails`]: details });
  }

  add(type: string, details: object): this {
    const id = this.events.length + 1;
    this.events.push({ id, previousEventId: id - 1, timestamp: this.began + id, type, ...details });
    return this;
  }
}
