import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { isToken } from '../core/checks';
import { Problems } from '../core/problems';
import { secretStatements } from '../extraction/auth-parts';
import { checkUrl } from '../extraction/url';
import { LineageSinkSpec } from '../spec/lineage-spec';

/** As the API reference of PostLineageEvent has it. */
const DOMAIN_ID = /^dzd[-_][a-zA-Z0-9_-]{1,36}$/;

/** An OpenLineage endpoint. */
export interface HttpLineageSinkOptions {
  /** Address that takes a POST of each event, such as `https://marquez.example.com/api/v1/lineage`. */
  readonly url: string;

  /**
   * Secret with a bearer token.
   *
   * @default - requests carry no credentials
   */
  readonly token?: secretsmanager.ISecret;

  /**
   * Field of a JSON secret.
   *
   * @default - the whole secret is the token
   */
  readonly tokenField?: string;
}

interface SinkParts {
  spec(scope: IConstruct): LineageSinkSpec;
  statements(): iam.PolicyStatement[];
  check(problems: Problems): void;
}

/** Where lineage events go besides the lake. A sink that is down never fails a run. */
export class LineageSink {
  /** An OpenLineage HTTP endpoint, such as Marquez. */
  static http(options: HttpLineageSinkOptions): LineageSink {
    const { url, token, tokenField } = options;
    return new LineageSink({
      spec: () => ({
        type: 'http',
        url,
        ...(token !== undefined && { secretArn: token.secretArn }),
        ...(tokenField !== undefined && { secretField: tokenField }),
      }),
      statements: () => (token === undefined ? [] : secretStatements([token])),
      check: (problems) => {
        checkUrl(url, token !== undefined, (got, fix) => problems.add('lineage.sinks.url', got, fix));
        problems.check(token !== undefined || tokenField === undefined, 'lineage.sinks.tokenField', tokenField, 'name the secret as token');
      },
    });
  }

  /** An EventBridge bus: source `cdk-data-lake-pipeline`, detail type `OpenLineage RunEvent`. */
  static eventBridge(bus: events.IEventBus): LineageSink {
    return new LineageSink({
      spec: () => ({ type: 'eventBridge', busName: bus.eventBusName }),
      statements: () => [new iam.PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] })],
      check: () => {},
    });
  }

  /** An Amazon DataZone (SageMaker Catalog) domain, by its id (`dzd_...`); the function's role must be allowed in the domain. */
  static dataZone(domainId: string): LineageSink {
    return new LineageSink({
      spec: () => ({ type: 'dataZone', domainId }),
      // The action knows no resources: which domains take the role's events, the domains say.
      statements: () => [new iam.PolicyStatement({ actions: ['datazone:PostLineageEvent'], resources: ['*'] })],
      check: (problems) => problems.check(isToken(domainId) || DOMAIN_ID.test(domainId), 'lineage.sinks.domainId', domainId,
        `use the domain's id, ${DOMAIN_ID}`),
    });
  }

  private constructor(private readonly parts: SinkParts) {}

  /** @internal */
  _spec(scope: IConstruct): LineageSinkSpec {
    return this.parts.spec(scope);
  }

  /** @internal */
  _statements(): iam.PolicyStatement[] {
    return this.parts.statements();
  }

  /** @internal */
  _check(problems: Problems): void {
    this.parts.check(problems);
  }
}
