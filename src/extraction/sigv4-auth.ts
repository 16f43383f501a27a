import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AuthParts, compact } from './auth-parts';
import { SpecProblem } from '../spec/validate-source-spec';

const EXECUTE_API = 'execute-api';

/** What is signed for, and what the extractor may call there. */
export interface SigV4AuthOptions {
  /** Signing name of the service: `execute-api` for API Gateway, otherwise as the service's endpoint documentation says, such as `ce` or `es`. */
  readonly service: string;

  /**
   * Region that the service runs in.
   *
   * @default - the extractor's own
   */
  readonly region?: string;

  /**
   * REST APIs that the extractor may call, with the method of its source; needs the service `execute-api`.
   *
   * @default - none
   */
  readonly restApis?: apigateway.IRestApi[];

  /**
   * HTTP APIs that the extractor may call, with the method of its source; needs the service `execute-api`.
   *
   * @default - none
   */
  readonly httpApis?: apigatewayv2.IHttpApi[];

  /**
   * What else the extractor may do, such as `ce:GetCostAndUsage`. For `execute-api` without `restApis` and `httpApis`: an
   * empty list says that the API's own policy lets the extractor in.
   *
   * @default - nothing
   */
  readonly statements?: iam.PolicyStatement[];
}

export function sigV4Parts({ service, region, restApis, httpApis, statements }: SigV4AuthOptions): AuthParts {
  const apis = [...restApis ?? [], ...httpApis ?? []];
  return {
    spec: compact({ type: 'sigV4' as const, service, region }),
    statements: (method) => [
      ...(apis.length > 0 ? [invoke(apis.map((api) => api.arnForExecuteApi(method)))] : []),
      ...statements ?? [],
    ],
    problems: rightsProblems(service, apis.length, statements),
  };
}

const invoke = (resources: string[]) => new iam.PolicyStatement({ actions: ['execute-api:Invoke'], resources });

function rightsProblems(service: string, apis: number, statements: unknown): SpecProblem[] {
  if (apis > 0 && service !== EXECUTE_API) {
    return [{ property: 'service', got: service, fix: "restApis and httpApis are called through 'execute-api': use that, or leave them out" }];
  }
  if (apis === 0 && service === EXECUTE_API && statements === undefined) {
    return [{
      property: 'restApis',
      got: undefined,
      fix: 'name the API in restApis or httpApis, or give statements: otherwise the extractor may not call it',
    }];
  }
  return [];
}
