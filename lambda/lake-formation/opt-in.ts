import {
  CreateLakeFormationOptInCommand, DeleteLakeFormationOptInCommand, EntityNotFoundException, ListLakeFormationOptInsCommand, Resource,
} from '@aws-sdk/client-lakeformation';
import { Clients } from './clients';
import { patiently } from './patience';
import { OptInRequest } from '../../src/spec/lake-formation-request';

/** Opts a principal in for a database and all its tables. What it is opted in for already is left as it is. */
export async function optIn(clients: Clients, request: OptInRequest): Promise<void> {
  for (const pair of pairsOf(request)) {
    if (!await isOptedIn(clients, pair)) {
      await patiently(() => clients.lakeFormation.send(new CreateLakeFormationOptInCommand(pair)), clients.delays);
    }
  }
}

/** Takes that back. What is gone already is no failure. */
export async function optOut(clients: Clients, request: OptInRequest): Promise<void> {
  for (const pair of pairsOf(request).reverse()) {
    if (await isOptedIn(clients, pair)) {
      await unlessGone(patiently(() => clients.lakeFormation.send(new DeleteLakeFormationOptInCommand(pair)), clients.delays));
    }
  }
}

interface Pair {
  readonly Principal: { readonly DataLakePrincipalIdentifier: string };
  readonly Resource: Resource;
}

function pairsOf({ catalogId, database, principal }: OptInRequest): Pair[] {
  const resources: Resource[] = [
    { Database: { CatalogId: catalogId, Name: database } },
    { Table: { CatalogId: catalogId, DatabaseName: database, TableWildcard: {} } },
  ];
  return resources.map((resource) => ({ Principal: { DataLakePrincipalIdentifier: principal }, Resource: resource }));
}

async function isOptedIn({ lakeFormation, delays }: Clients, pair: Pair): Promise<boolean> {
  const found = await unlessGone(patiently(() => lakeFormation.send(new ListLakeFormationOptInsCommand(pair)), delays));
  return (found?.LakeFormationOptInsInfoList ?? []).length > 0;
}

/** A database or a role that was deleted takes its opt-ins with it. */
async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EntityNotFoundException) {
      return undefined;
    }
    throw error;
  }
}
