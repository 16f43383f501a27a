import { EntityNotFoundException as TableNotFound, paginateGetTables } from '@aws-sdk/client-glue';
import { EntityNotFoundException, InvalidInputException, Resource, RevokePermissionsCommand } from '@aws-sdk/client-lakeformation';
import { Clients } from './clients';
import { patiently } from './patience';
import { CloseRequest } from '../../src/spec/lake-formation-request';

/** Whoever IAM lets in: with it on a table, Lake Formation does not look at it. */
const IAM_ALLOWED_PRINCIPALS = 'IAM_ALLOWED_PRINCIPALS';

/** Revokes what IAM_ALLOWED_PRINCIPALS holds on a database and on the tables that it has so far; new ones are born closed. */
export async function closeToIam(clients: Clients, { catalogId, database }: CloseRequest): Promise<void> {
  await revoke(clients, catalogId, { Database: { CatalogId: catalogId, Name: database } });
  for (const table of await tablesOf(clients, database)) {
    await revoke(clients, catalogId, { Table: { CatalogId: catalogId, DatabaseName: database, Name: table } });
  }
}

async function tablesOf({ glue: client }: Clients, database: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const page of paginateGetTables({ client }, { DatabaseName: database })) {
      names.push(...(page.TableList ?? []).map(({ Name }) => Name!));
    }
  } catch (error) {
    if (!(error instanceof TableNotFound)) {
      throw error;
    }
  }
  return names;
}

async function revoke({ lakeFormation, delays }: Clients, catalogId: string, resource: Resource): Promise<void> {
  const command = new RevokePermissionsCommand({
    CatalogId: catalogId,
    Principal: { DataLakePrincipalIdentifier: IAM_ALLOWED_PRINCIPALS },
    Resource: resource,
    Permissions: ['ALL'],
  });
  try {
    await patiently(() => lakeFormation.send(command), delays);
  } catch (error) {
    if (!isGone(error)) {
      throw error;
    }
  }
}

/** There is nothing to revoke, or nothing to revoke it on. */
const isGone = (error: unknown): boolean => error instanceof EntityNotFoundException
  || (error instanceof InvalidInputException && /no permissions revoked/i.test(error.message));
