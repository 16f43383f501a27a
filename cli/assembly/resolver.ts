import { localAttribute, localRef, LocalResource } from './local-names';
import { pseudoParameter } from './pseudo-parameters';
import { Template } from './template';
import { CommandError } from '../errors';

export interface ResolverOptions {
  readonly stackName: string;
  readonly template: Template;
  readonly region: string;
  /** Value of an export of any stack of the assembly; throws when no stack exports the name. */
  importValue(name: string): unknown;
}

type Arguments = readonly unknown[];

/** Gives the values of a template's intrinsic functions on the laptop. */
export class Resolver {
  private readonly under: string[] = [];

  constructor(private readonly options: ResolverOptions) {}

  /** The value with every intrinsic function in it replaced. `undefined` stands for AWS::NoValue. */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((item) => this.resolve(item)).filter((item) => item !== undefined);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && name !== undefined && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::'))) {
      return this.intrinsic(name, argument);
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, this.resolve(item)]).filter(([, item]) => item !== undefined));
  }

  /** The value as text. */
  text(value: unknown): string {
    const resolved = this.resolve(value);
    if (typeof resolved === 'object' || resolved === undefined) {
      throw this.fail(`expected text, got ${JSON.stringify(resolved)}`);
    }
    return String(resolved);
  }

  /** Whether a named condition of the template holds. */
  condition(name: string): boolean {
    const condition = this.options.template.Conditions?.[name];
    if (condition === undefined) {
      throw this.fail(`the template has no condition "${name}"`);
    }
    return this.guarded(`condition ${name}`, () => this.truth(condition));
  }

  /** The resource by its logical id, seen from the laptop. */
  resource(logicalId: string): LocalResource | undefined {
    const resource = this.options.template.Resources?.[logicalId];
    const { stackName, region } = this.options;
    return resource && { stackName, region, logicalId, resource, resolve: (value) => this.resolve(value) };
  }

  private intrinsic(name: string, argument: unknown): unknown {
    const list = () => this.list(name, argument);
    switch (name) {
      case 'Ref': return this.ref(String(argument));
      case 'Condition': return this.condition(String(argument));
      case 'Fn::GetAtt': return this.attribute(argument);
      case 'Fn::Sub': return this.substitute(argument);
      case 'Fn::Join': return this.join(list());
      case 'Fn::Select': return this.select(list());
      case 'Fn::Split': return this.text(list()[1]).split(this.text(list()[0]));
      case 'Fn::If': return this.resolve(this.condition(String(list()[0])) ? list()[1] : list()[2]);
      case 'Fn::FindInMap': return this.findInMap(list());
      case 'Fn::ImportValue': return this.guarded(`Fn::ImportValue ${JSON.stringify(argument)}`, () => this.options.importValue(this.text(argument)));
      case 'Fn::Base64': return Buffer.from(this.text(argument)).toString('base64');
      case 'Fn::GetAZs': return ['a', 'b', 'c'].map((zone) => this.options.region + zone);
      case 'Fn::ToJsonString': return JSON.stringify(this.resolve(argument));
      case 'Fn::Length': return (this.resolve(argument) as unknown[]).length;
      case 'Fn::Equals':
      case 'Fn::And':
      case 'Fn::Or':
      case 'Fn::Not': return this.truth({ [name]: argument });
      default: throw this.fail(`this command does not know the intrinsic function "${name}"`);
    }
  }

  private ref(name: string): unknown {
    const pseudo = pseudoParameter(name, this.options);
    if (pseudo !== undefined || name === 'AWS::NoValue') {
      return pseudo;
    }
    const parameter = this.options.template.Parameters?.[name];
    if (parameter !== undefined) {
      return this.parameterDefault(name, parameter.Type ?? 'String', parameter.Default);
    }
    const resource = this.resource(name);
    if (resource === undefined) {
      throw this.fail(`"Ref": "${name}" names neither a parameter nor a resource of the template`);
    }
    return this.guarded(`Ref ${name}`, () => localRef(resource));
  }

  private parameterDefault(name: string, type: string, value: unknown): unknown {
    if (value === undefined) {
      throw this.fail(`parameter "${name}" has no default, so it has no value before the stack is deployed`);
    }
    if (type.startsWith('AWS::SSM::')) {
      throw this.fail(`parameter "${name}" is read from Systems Manager when the stack is deployed`);
    }
    return /^(CommaDelimitedList|List<.*>)$/.test(type) ? String(value).split(',').map((item) => item.trim()) : value;
  }

  private attribute(argument: unknown): unknown {
    const [logicalId, attribute] = typeof argument === 'string'
      ? [argument.slice(0, argument.indexOf('.')), argument.slice(argument.indexOf('.') + 1)]
      : (argument as Arguments).map((part) => this.text(part));
    const resource = this.resource(logicalId);
    if (resource === undefined) {
      throw this.fail(`"Fn::GetAtt": "${logicalId}.${attribute}" names no resource of the template`);
    }
    const value = this.guarded(`Fn::GetAtt ${logicalId}`, () => localAttribute(resource, attribute));
    if (value === undefined) {
      throw this.fail(`attribute "${attribute}" of ${logicalId} (${resource.resource.Type}) has no value before the stack is deployed`);
    }
    return value;
  }

  private substitute(argument: unknown): string {
    const [text, variables] = Array.isArray(argument) ? [String(argument[0]), argument[1] as Record<string, unknown>] : [String(argument), {}];
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, raw: string) => {
      const name = raw.trim();
      if (literal) {
        return `\${${raw}}`;
      }
      if (Object.hasOwn(variables, name)) {
        return this.text(variables[name]);
      }
      return this.text(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name });
    });
  }

  private join([separator, items]: Arguments): string {
    const parts = this.resolve(items);
    if (!Array.isArray(parts)) {
      throw this.fail('"Fn::Join" needs a list');
    }
    return parts.map((part) => this.text(part)).join(String(separator));
  }

  private select([index, items]: Arguments): unknown {
    const from = this.resolve(items);
    const at = Number(this.text(index));
    if (!Array.isArray(from) || from[at] === undefined) {
      throw this.fail(`"Fn::Select" finds nothing at ${at} of ${JSON.stringify(from)}`);
    }
    return from[at];
  }

  private findInMap([map, first, second, otherwise]: Arguments): unknown {
    const path = [map, first, second].map((part) => this.text(part));
    const value = this.options.template.Mappings?.[path[0]]?.[path[1]]?.[path[2]];
    if (value !== undefined) {
      return value;
    }
    const fallback = otherwise as { DefaultValue?: unknown } | undefined;
    if (fallback?.DefaultValue === undefined) {
      throw this.fail(`"Fn::FindInMap" finds no ${path.join('.')}`);
    }
    return this.resolve(fallback.DefaultValue);
  }

  private truth(condition: unknown): boolean {
    const [name, argument] = Object.entries((condition ?? {}) as object)[0] ?? [];
    switch (name) {
      case 'Fn::Equals': {
        const [left, right] = this.list(name, argument).map((side) => JSON.stringify(this.resolve(side)));
        return left === right;
      }
      case 'Fn::And': return this.list(name, argument).every((part) => this.truth(part));
      case 'Fn::Or': return this.list(name, argument).some((part) => this.truth(part));
      case 'Fn::Not': return !this.truth(this.list(name, argument)[0]);
      case 'Condition': return this.condition(String(argument));
      default: throw this.fail(`this command does not know the condition function "${name}"`);
    }
  }

  private list(name: string, argument: unknown): Arguments {
    if (!Array.isArray(argument)) {
      throw this.fail(`"${name}" needs a list, got ${JSON.stringify(argument)}`);
    }
    return argument;
  }

  /** A template that refers to itself would never end. */
  private guarded<T>(what: string, work: () => T): T {
    if (this.under.includes(what)) {
      throw this.fail(`${what} refers to itself`);
    }
    this.under.push(what);
    try {
      return work();
    } finally {
      this.under.pop();
    }
  }

  private fail(why: string): CommandError {
    return new CommandError('UNRESOLVED_VALUE', `stack "${this.options.stackName}": ${why}`, { details: { stack: this.options.stackName } });
  }
}
