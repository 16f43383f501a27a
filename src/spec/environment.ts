/** Names of the extractor's environment variables. */
export const ENV_API_URL = 'API_URL';
export const ENV_DATA_BUCKET_NAME = 'DATA_BUCKET_NAME';
export const ENV_SOURCE_SPEC = 'SOURCE_SPEC';
/** Overrides of the commit protocol's times, in seconds; the local lake sets them short. */
export const ENV_LEASE_SECONDS = 'COMMIT_LEASE_SECONDS';
export const ENV_QUIET_SECONDS = 'COMMIT_QUIET_SECONDS';

/** AWS's limit of a function's environment, all names and values together (AWS Lambda developer guide, "Lambda quotas"). */
export const MAX_ENVIRONMENT_BYTES = 4096;
