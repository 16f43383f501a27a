import { Source } from '../assembly/lake-model';

/** Why there is nothing to crawl. */
export const declaredText = ({ name, table: { database } }: Source): string =>
  `table ${database}.${name} is declared in the template (Cataloguing.explicit()), its partitions are projected: there is nothing to crawl`;
