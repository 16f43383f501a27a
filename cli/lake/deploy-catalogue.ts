import { isDeepStrictEqual } from 'node:util';
import { Pipeline } from '../assembly/lake-model';
import { LocalCatalog } from '../catalog';

/** Puts into the catalogue what the stack makes in AWS: the database, and the tables that the template declares. */
export function deploy({ sources }: Pipeline, catalog: LocalCatalog): void {
  for (const { table: { database, declared } } of sources) {
    catalog.createDatabase(database);
    // A reader may do this too: what stands there is not written again.
    if (declared && !isDeepStrictEqual(catalog.getTable(database, declared.Name), declared)) {
      catalog.putTable(database, declared);
    }
  }
}
