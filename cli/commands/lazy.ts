/**
 * What only some verbs need: the AWS SDK, the local S3, DuckDB. Loaded when asked for, because loading
 * all of it would double the time of the shortest command. (Node's module rules ask for `.js` here.)
 */
export const lazy = {
  deployed: () => import('../deployed/index.js'),
  doctor: () => import('../deployed/doctor/index.js'),
  localRun: () => import('../lake/local-run.js'),
  localCatalogue: () => import('../lake/local-catalogue.js'),
  localQuery: () => import('../lake/local-query.js'),
  localRequest: () => import('../lake/local-request.js'),
  localRedrive: () => import('../lake/local-redrive.js'),
  localStatus: () => import('../lake/local-status.js'),
  localUpkeep: () => import('../lake/local-upkeep.js'),
};
