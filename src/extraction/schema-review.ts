import { join } from 'node:path';
import { bundleFolder } from '../core/bundled-function';
import { CONTRACT_VALIDATOR, ContractValidatorModule, SchemaReview } from '../spec/contract-spec';

/** What is wrong with a schema, by the very code that the extractor will judge records with. */
export function reviewSchema(text: string): SchemaReview {
  // Bundled with its libraries, of which a consumer installs none: known at run time only.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const validator = require(join(bundleFolder('extractor'), `${CONTRACT_VALIDATOR}.js`)) as ContractValidatorModule;
  return validator.reviewSchema(text);
}
