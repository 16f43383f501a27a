import { GlueCatalog } from './glue-catalog';
import { LakeStore } from '../extractor/store';

/** What an action works with. */
export interface CatalogDependencies {
  readonly catalog: GlueCatalog;
  readonly store: LakeStore;
}
