import { Template } from 'aws-cdk-lib/assertions';
import { State } from '../../src/workflow/asl';

export interface Definition {
  readonly QueryLanguage: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, any>>;
}

/** The definitions of a template's state machines; what is known at deployment only stands as `<logical id>`. */
export function definitionsOf(template: Template): Definition[] {
  return Object.values(template.findResources('AWS::StepFunctions::StateMachine'))
    .map(({ Properties }) => JSON.parse(textOf(Properties.DefinitionString)) as Definition);
}

function textOf(value: any): string {
  if (typeof value === 'string') {
    return value;
  }
  if (value['Fn::Join']) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(textOf).join(separator);
  }
  if (value['Fn::GetAtt']) {
    return `arn:aws:service:region:111111111111:${value['Fn::GetAtt'][0]}`;
  }
  return value.Ref === 'AWS::Partition' ? 'aws' : `<${value.Ref}>`;
}

type Validate = (definition: unknown) => { errors: { 'Error code': string; 'Message': string }[] };
const validate = require('asl-validator') as Validate; // eslint-disable-line @typescript-eslint/no-require-imports -- it has no types

/** The validator's findings, in short. It writes into what it reads, so it gets a copy. */
export const aslFindings = (definition: Definition): string[] =>
  validate(structuredClone(definition)).errors.map((error) => `${error['Error code']}: ${error.Message}`);

/** States of a type, by name. */
export const statesOf = ({ States }: Definition, type: string): [string, State][] =>
  Object.entries(States).filter(([, state]) => state.Type === type);
