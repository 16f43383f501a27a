import { Logger } from '@aws-lambda-powertools/logger';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { Clients } from './clients';
import { closeToIam } from './close-to-iam';
import { optIn, optOut } from './opt-in';
import { respond } from './respond';
import { LakeFormationRequest } from '../../src/spec/lake-formation-request';

/** Does what a custom resource asks for, and tells CloudFormation how it ended: a deployment would wait an hour for an answer that never comes. */
export function createHandler(clients: Clients): (event: CloudFormationCustomResourceEvent) => Promise<void> {
  const logger = new Logger({ serviceName: 'lake-formation' });
  return async (event) => {
    const request = event.ResourceProperties as unknown as LakeFormationRequest;
    const id = event.RequestType === 'Delete' ? event.PhysicalResourceId : idOf(request);
    try {
      await act(clients, event.RequestType, request);
      logger.info(event.RequestType, { request });
      await respond(event, id);
    } catch (error) {
      logger.error(event.RequestType, error as Error);
      await respond(event, id, error as Error);
    }
  };
}

function act(clients: Clients, type: CloudFormationCustomResourceEvent['RequestType'], request: LakeFormationRequest): Promise<void> {
  switch (request.action) {
    case 'close':
      // A lake that goes is kept, and stays closed.
      return type === 'Delete' ? Promise.resolve() : closeToIam(clients, request);
    case 'optIn':
      return type === 'Delete' ? optOut(clients, request) : optIn(clients, request);
    default:
      throw new Error(`action: got ${JSON.stringify((request as { action: unknown }).action)}, expected close or optIn`);
  }
}

/** Another database or principal is another resource: CloudFormation then deletes the one before. */
const idOf = (request: LakeFormationRequest): string =>
  [request.action, request.catalogId, request.database, ...(request.action === 'optIn' ? [request.principal] : [])].join('|');
